namespace ShTP.Checker.Sandboxing;

/// <summary>
/// The system calls that compilers and students' programs need; everything else is denied. The numbers are those of the
/// kernel's <c>asm/unistd_64.h</c> and, for 64-bit ARM, <c>asm-generic/unistd.h</c>.
/// </summary>
internal static class SeccompRules
{
    /// <summary>Files and waiting for them. Devices, mounts and sockets of every family are not allowed.</summary>
    public static IReadOnlyList<SeccompRule> Files { get; } =
    [
        new("read", 0, 63), new("write", 1, 64), new("readv", 19, 65), new("writev", 20, 66), new("pread64", 17, 67),
        new("pwrite64", 18, 68), new("preadv", 295, 69), new("pwritev", 296, 70), new("lseek", 8, 62), new("close", 3, 57),
        new("close_range", 436, 436), new("open", 2, -1), new("openat", 257, 56), new("dup", 32, 23), new("dup2", 33, -1),
        new("dup3", 292, 24), new("fcntl", 72, 25), new("flock", 73, 32), new("fsync", 74, 82), new("fdatasync", 75, 83),
        new("ftruncate", 77, 46), new("truncate", 76, 45), new("fallocate", 285, 47), new("fadvise64", 221, 223), new("stat", 4, -1),
        new("fstat", 5, 80), new("lstat", 6, -1), new("newfstatat", 262, 79), new("statx", 332, 291), new("access", 21, -1),
        new("faccessat", 269, 48), new("faccessat2", 439, 439), new("readlink", 89, -1), new("readlinkat", 267, 78),
        new("getdents", 78, -1), new("getdents64", 217, 61), new("getcwd", 79, 17), new("chdir", 80, 49), new("fchdir", 81, 50),
        new("mkdir", 83, -1), new("mkdirat", 258, 34), new("rmdir", 84, -1), new("unlink", 87, -1), new("unlinkat", 263, 35),
        new("rename", 82, -1), new("renameat", 264, 38), new("renameat2", 316, 276), new("link", 86, -1), new("linkat", 265, 37),
        new("symlink", 88, -1), new("symlinkat", 266, 36), new("chmod", 90, -1), new("fchmod", 91, 52), new("fchmodat", 268, 53),
        new("umask", 95, 166), new("utime", 132, -1), new("utimes", 235, -1), new("utimensat", 280, 88), new("statfs", 137, 43),
        new("fstatfs", 138, 44), new("pipe", 22, -1), new("pipe2", 293, 59), new("poll", 7, -1), new("ppoll", 271, 73),
        new("select", 23, -1), new("pselect6", 270, 72), new("epoll_create", 213, -1), new("epoll_create1", 291, 20),
        new("epoll_ctl", 233, 21), new("epoll_wait", 232, -1), new("epoll_pwait", 281, 22), new("eventfd", 284, -1),
        new("eventfd2", 290, 19), new("sendfile", 40, 71), new("copy_file_range", 326, 285),
    ];

    /// <summary>Memory. Locking, shared segments and anonymous files are not allowed.</summary>
    public static IReadOnlyList<SeccompRule> Memory { get; } =
    [
        new("mmap", 9, 222), new("munmap", 11, 215), new("mprotect", 10, 226), new("mremap", 25, 216), new("madvise", 28, 233),
        new("brk", 12, 214), new("msync", 26, 227), new("mincore", 27, 232), new("membarrier", 324, 283),
    ];

    /// <summary>Processes of the sandbox's namespace. Limits can be read and lowered; raising them needs a privilege that programs lack.</summary>
    public static IReadOnlyList<SeccompRule> Processes { get; } =
    [
        new("rseq", 334, 293), new("set_robust_list", 273, 99), new("get_robust_list", 274, 100), new("futex", 202, 98),
        new("set_tid_address", 218, 96), new("arch_prctl", 158, -1), new("sched_yield", 24, 124), new("sched_getaffinity", 204, 123),
        new("sched_getparam", 143, 121), new("sched_getscheduler", 145, 120), new("getpriority", 140, 141), new("fork", 57, -1),
        new("vfork", 58, -1), new("execve", 59, 221), new("exit", 60, 93), new("exit_group", 231, 94), new("wait4", 61, 260),
        new("waitid", 247, 95), new("kill", 62, 129), new("tkill", 200, 130), new("tgkill", 234, 131), new("pause", 34, -1),
        new("getpid", 39, 172), new("getppid", 110, 173), new("gettid", 186, 178), new("getuid", 102, 174), new("geteuid", 107, 175),
        new("getgid", 104, 176), new("getegid", 108, 177), new("getresuid", 118, 148), new("getresgid", 120, 150),
        new("getgroups", 115, 158), new("getpgrp", 111, -1), new("getpgid", 121, 155), new("getsid", 124, 156),
        new("setsid", 112, 157), new("setpgid", 109, 154), new("getrlimit", 97, 163), new("setrlimit", 160, 164),
        new("prlimit64", 302, 261), new("getrusage", 98, 165), new("uname", 63, 160), new("sysinfo", 99, 179),
        new("restart_syscall", 219, 128),
    ];

    /// <summary>Signals, timers and clocks; no clock can be set.</summary>
    public static IReadOnlyList<SeccompRule> SignalsAndTime { get; } =
    [
        new("rt_sigaction", 13, 134), new("rt_sigprocmask", 14, 135), new("rt_sigreturn", 15, 139), new("rt_sigpending", 127, 136),
        new("rt_sigsuspend", 130, 133), new("rt_sigtimedwait", 128, 137), new("sigaltstack", 131, 132), new("alarm", 37, -1),
        new("getitimer", 36, 102), new("setitimer", 38, 103), new("timer_create", 222, 107), new("timer_settime", 223, 110),
        new("timer_gettime", 224, 108), new("timer_getoverrun", 225, 109), new("timer_delete", 226, 111),
        new("timerfd_create", 283, 85), new("timerfd_settime", 286, 86), new("timerfd_gettime", 287, 87), new("nanosleep", 35, 101),
        new("clock_nanosleep", 230, 115), new("clock_gettime", 228, 113), new("clock_getres", 229, 114),
        new("gettimeofday", 96, 169), new("time", 201, -1), new("times", 100, 153), new("getrandom", 318, 278),
    ];

    /// <summary>Only where root creates the sandbox: setpriv needs these to drop privileges. Without privileges these calls have no effect.</summary>
    public static IReadOnlyList<SeccompRule> GivingUpRights { get; } =
    [
        new("setresuid", 117, 147), new("setresgid", 119, 149), new("setgroups", 116, 159), new("setuid", 105, 146),
        new("setgid", 106, 144), new("capget", 125, 90), new("capset", 126, 91),
    ];
}
