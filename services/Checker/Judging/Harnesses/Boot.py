import sys


def boot():
    import _thread
    import os

    # Without this every thread would reserve as much as the stack of the program may grow to.
    _thread.stack_size(THREAD_STACK)

    def find_reason(fault):
        if isinstance(fault, MemoryError):
            return OUT_OF_MEMORY
        trace, modules = fault.__traceback__, []
        while trace is not None:
            modules.append(trace.tb_frame.f_globals.get("__name__") or "")
            trace = trace.tb_next
        if isinstance(fault, OSError) and "socket" in modules:
            return NO_SOCKETS
        if isinstance(fault, (OSError, ImportError)) and any(name.startswith("multiprocessing.") for name in modules):
            return NO_SHARED_MEMORY
        names = EXCEPTIONS
        for kind in type(fault).__mro__:
            if kind.__module__ == "builtins" and kind.__name__ in names:
                return FIRST_EXCEPTION + names.index(kind.__name__)
        return 1

    def end(kind, fault, trace):
        reason = 1
        try:
            reason = find_reason(fault)
            # The frames of the program only: the first are those that run it.
            while trace is not None and trace.tb_frame.f_code.co_filename == "<string>":
                trace = trace.tb_next
            fault.__traceback__ = trace
            show(kind, fault, trace)
            sys.stderr.flush()
        finally:
            os._exit(reason)

    class Pipe:
        """Both ends of what an event loop wakes itself with: a pair of sockets elsewhere."""

        def __init__(self, descriptor):
            self.descriptor = descriptor

        def fileno(self):
            return self.descriptor

        def setblocking(self, blocks):
            os.set_blocking(self.descriptor, blocks)

        def recv(self, count):
            return os.read(self.descriptor, count)

        def send(self, data):
            return os.write(self.descriptor, data)

        def close(self):
            if self.descriptor >= 0:
                os.close(self.descriptor)
            self.descriptor = -1

    class Sockets:
        def __init__(self, module):
            self.module = module

        def __getattr__(self, name):
            return getattr(self.module, name)

        def socketpair(self):
            return tuple(Pipe(end) for end in os.pipe())

    class EventLoops:
        """Gives asyncio, once it is imported, a way to wake itself."""

        name = "asyncio.selector_events"

        def find_spec(self, name, path=None, target=None):
            if name != self.name:
                return None
            import importlib.machinery
            spec = importlib.machinery.PathFinder.find_spec(name, path, target)
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                module.socket = Sockets(module.socket)

            spec.loader.exec_module = exec_module
            return spec

    show = sys.excepthook
    sys.excepthook = end
    sys.meta_path.insert(0, EventLoops())


boot()
