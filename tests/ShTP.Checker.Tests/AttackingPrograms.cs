using static ShTP.Checker.Tests.HostileProgram;

namespace ShTP.Checker.Tests;

/// <summary>Programs that want out, or in where they have no business.</summary>
internal static class AttackingPrograms
{
    public static IEnumerable<HostileProgram> All { get; } =
    [
        Attempts("files of the host", "open('/etc/passwd')", "open('/etc/shadow')", "os.listdir('/etc')", "os.listdir('/root')", "os.listdir('/home')", "os.listdir('/var')"),
        Attempts("files of the kernel", "os.listdir('/proc')", "open('/proc/self/environ')", "open('/proc/1/cmdline')", "os.listdir('/sys')", "open('/dev/mem')", "os.listdir('/dev/shm')"),
        Attempts("way up", "open('../etc/passwd')", "open('../../../../etc/hostname')", "os.listdir('/tmp/../root')"),
        Attempts("files of other submissions", $"os.listdir('{Path.GetTempPath()}shtp-checker-0')", "check(-1 if os.listdir('/tmp') == [] else 0)", "check(-1 if sorted(os.listdir('/box')) == ['main.py'] else 0)"),
        Attempts("writing outside", "open('/box/x', 'w')", "open('/box/main.py', 'a')", "open('/x', 'w')", "open('/usr/lib/x', 'w')", "os.mkdir('/dev/shm')", "os.chmod('/box/main.py', 0o777)"),
        Attempts("internet sockets", "socket.socket(socket.AF_INET)", "socket.socket(socket.AF_INET6)", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "socket.create_connection(('127.0.0.1', 5432), 1)"),
        Attempts("local sockets", "socket.socket(socket.AF_UNIX)", "socket.socketpair()", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "socket.socket(40, socket.SOCK_STREAM)", "socket.socket(38, socket.SOCK_SEQPACKET)"),
        CppMain("sockets by number of the call", Verdict.Accepted, "bool breach = false; for (int family = 0; family < 50; family++) for (int type = 1; type < 6; type++) breach |= syscall(SYS_socket, family, type, 0) >= 0; return answer(breach);"),
        Attempts("signals to others", $"os.kill({Environment.ProcessId}, 0)", "os.killpg(os.getppid() + 100000, 9)", "os.kill(1000000, 15)"),
        CppMain("killing everything", Verdict.RuntimeError, "kill(-1, SIGKILL); kill(getppid(), SIGKILL); kill(0, SIGKILL); pause();"),
        CppMain("killing the parent", Verdict.Accepted, "kill(1, SIGKILL); kill(1, SIGTERM); kill(1, SIGSTOP); usleep(1000); return answer(false);"),
        Attempts("symbolic links", "(os.symlink('/etc/passwd', 'link'), open('link'))", "(os.symlink('/', 'root'), os.listdir('root/root'))", "(os.symlink('/box/main.py', 'own'), open('own', 'w'))"),
        Attempts("hard links", "os.link('/box/main.py', '/tmp/hard')", "os.link('/usr/lib/python3', '/tmp/lib')", "os.rename('/box/main.py', '/tmp/moved')", "os.unlink('/box/main.py')"),
        CppMain("daemon", Verdict.Accepted, "if (fork() == 0) { setsid(); if (fork() == 0) { for (int f = 0; f < 3; f++) close(f); while (true) sleep(1); } _exit(0); } wait(nullptr); return answer(false);"),
        CppMain("daemon that holds the output", Verdict.Accepted, "if (fork() == 0) { setsid(); if (fork() == 0) while (true) sleep(1); _exit(0); } wait(nullptr); return answer(false);"),
        CppMain("zombies", Verdict.Accepted, "for (int i = 0; i < 1000; i++) if (fork() == 0) _exit(0); return answer(false);"),
        Attempts("shell and other programs", "check(-1 if os.system('true') else 0)", "subprocess.run(['ls'])", "subprocess.run(['/bin/sh', '-c', 'true'])", "subprocess.run(['/usr/bin/g++', '--version'])", "os.execv('/usr/bin/env', ['env'])"),
        Attempts("installed packages", "__import__('pip')", "__import__('setuptools')", "__import__('numpy')", "__import__('yaml')", "__import__('apt')"),
        Attempts("other namespaces", "check(libc.unshare(0x10000000))", "check(libc.unshare(0x20000))", "check(libc.unshare(0x40000000))", "check(libc.setns(0, 0))", "check(libc.syscall(272, 0x10000000))"),
        CppMain("namespaces by clone", Verdict.Accepted, "bool breach = false; for (long flag : {0x20000L, 0x2000000L, 0x4000000L, 0x8000000L, 0x10000000L, 0x20000000L, 0x40000000L}) { long child = syscall(SYS_clone, flag | SIGCHLD, 0, 0, 0, 0); if (child == 0) _exit(0); breach |= child > 0; } long args[11] = {0x10000000}; breach |= syscall(435, args, sizeof args) >= 0; return answer(breach);"),
        Attempts("mounts and roots", "check(libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))", "check(libc.umount2(b'/tmp', 2))", "os.chroot('/tmp')", "check(libc.pivot_root(b'/tmp', b'/tmp'))", "check(libc.mount(None, b'/', None, 32, None))"),
        Attempts("another user", "os.setuid(0)", "os.setgid(0)", "os.setresuid(0, 0, 0)", "os.setgroups([0])", "check(-1 if os.getuid() else 0)", "os.chown('/box/main.py', 0, 0)"),
        CppMain("capabilities", Verdict.Accepted, "bool breach = false; for (int i = 0; i < 41; i++) breach |= prctl(PR_CAPBSET_READ, i, 0, 0, 0) > 0; unsigned head[2] = {0x20080522, 0}, data[6] = {0}; if (syscall(SYS_capget, head, data) == 0) for (unsigned part : data) breach |= part != 0; return answer(breach);"),
        CppMain("tracing", Verdict.Accepted, "pid_t child = fork(); if (child == 0) { usleep(50000); _exit(0); } bool breach = ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 || ptrace(PTRACE_ATTACH, child, 0, 0) == 0 || ptrace(PTRACE_ATTACH, 1, 0, 0) == 0; breach |= syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0) >= 0; wait(nullptr); return answer(breach);"),
        CppMain("dangerous calls", Verdict.Accepted, "bool breach = false; for (long call : vector<long>{SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, 425L, SYS_kexec_load, SYS_init_module, SYS_reboot, SYS_swapon, SYS_open_by_handle_at, SYS_memfd_create, SYS_shmget, SYS_msgget, SYS_semget, SYS_personality, SYS_seccomp, SYS_acct, SYS_quotactl, SYS_sethostname, SYS_mknodat, 9999L}) breach |= syscall(call, 0, 0, 0, 0, 0, 0) >= 0; return answer(breach);"),
        CppMain("clocks", Verdict.Accepted, "timespec t{1, 0}; timeval v{1, 0}; return answer(clock_settime(CLOCK_REALTIME, &t) == 0 || settimeofday(&v, nullptr) == 0 || syscall(SYS_clock_adjtime, 0, 0) >= 0);"),
        CppMain("raising limits", Verdict.Accepted, "bool breach = false; for (int r : {RLIMIT_CPU, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CORE, RLIMIT_STACK}) { rlimit l; getrlimit((__rlimit_resource)r, &l); breach |= l.rlim_max == RLIM_INFINITY; l.rlim_max++; breach |= setrlimit((__rlimit_resource)r, &l) == 0; } return answer(breach || nice(-20) == -20);"),
        CppMain("writing into the terminal", Verdict.Accepted, "char c = 'x'; bool breach = false; for (int f = 0; f < 3; f++) breach |= syscall(SYS_ioctl, f, 0x5412, &c) == 0; return answer(breach || open(\"/dev/tty\", O_RDWR) >= 0);"),
        Python("environment", Verdict.Accepted, "import os\nprint('safe' if set(os.environ) <= {'PATH', 'LC_ALL', 'PWD'} else 'breach')"),
        CppMain("inherited files", Verdict.Accepted, "bool breach = false; for (int f = 3; f < 1024; f++) breach |= fcntl(f, F_GETFD) >= 0; return answer(breach || write(0, \"x\", 1) > 0);"),
        CppMain("devices", Verdict.Accepted, "return answer(mknod(\"/tmp/mem\", S_IFCHR | 0600, makedev_(1, 1)) == 0 || open(\"/dev/zero\", O_RDONLY) >= 0 || open(\"/dev/kmsg\", O_RDONLY) >= 0);".Replace("makedev_(1, 1)", "0x101", StringComparison.Ordinal)),
        Attempts("set-user-id programs", "(open('s', 'w').write('#!/bin/sh'), os.chmod('s', 0o4755), os.execv('/tmp/s', ['s']))", "subprocess.run(['/usr/bin/su'])"),
        CppMain("32-bit calls", Verdict.RuntimeError, "long result = 1; asm volatile(\"int $0x80\" : \"=a\"(result) : \"a\"(20)); return answer(result > 0);"),
        CppMain("calls of the x32 kind", Verdict.RuntimeError, "return answer(syscall(0x40000000 | 39) > 0);"),
    ];
}
