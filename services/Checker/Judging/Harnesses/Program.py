import sys
sys.argv[:] = ["/box/main.py"]
__file__ = "/box/main.py"
del sys
exec(compile(open(__file__, "rb").read(), __file__, "exec", dont_inherit=True))
