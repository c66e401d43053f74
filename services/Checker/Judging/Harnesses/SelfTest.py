import ctypes, os, signal, socket, sys

secret, bystander = sys.argv[1], int(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)


def attack(breach, action):
    try:
        if action() is not False:
            print(breach)
    except (OSError, ValueError):
        pass


def succeeds(call, *arguments):
    return call(*arguments) == 0


for path in ("/etc/passwd", "/etc/shadow", "/root", "/home", "/proc/self/environ", "/sys/kernel", secret):
    attack("sees " + path, lambda: os.stat(path))
for path in ("/box/x", "/usr/x", "/dev/x", "/x", secret):
    attack("writes " + path, lambda: open(path, "w"))
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
    attack("opens a socket of family %d" % family, lambda: socket.socket(family, socket.SOCK_RAW if family > 10 else socket.SOCK_STREAM))
attack("signals a process of the checker", lambda: os.kill(bystander, 0))
attack("is root", lambda: os.getuid() == 0)
attack("becomes root", lambda: os.setuid(0))
attack("mounts", lambda: succeeds(libc.mount, b"x", b"/tmp", b"tmpfs", 0, None))
attack("makes namespaces", lambda: succeeds(libc.unshare, 0x10000000))
attack("traces processes", lambda: succeeds(libc.ptrace, 0, 0, 0, 0))
attack("inherits the environment", lambda: bool(set(os.environ) - {"PATH", "LC_ALL", "PWD"}))
# Bounded, unlike a real fork bomb: where nothing stops it, the host must live on to say so.
children = []
try:
    while len(children) < 100:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    print("makes 100 processes")
except OSError:
    pass
for child in children:
    os.kill(child, signal.SIGKILL)
print("all attacks were tried")
