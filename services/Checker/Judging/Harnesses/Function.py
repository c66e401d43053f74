import json
import os
import sys

answer = os.dup(1)
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
arguments = json.loads(sys.stdin.buffer.read())


def load():
    import types
    module = types.ModuleType("solution")
    sys.modules["solution"] = module
    with open("/box/solution.py", "rb") as source:
        exec(compile(source.read(), "main.py", "exec"), module.__dict__)
    return module.FUNCTION


result = json.dumps(load()(*arguments), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
while result:
    result = result[os.write(answer, result):]
