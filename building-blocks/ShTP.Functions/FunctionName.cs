using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ShTP.Localization;

namespace ShTP.Functions;

/// <summary>Checks names of functions, which must be valid in Python and C++ with and without the standard headers.</summary>
public static partial class FunctionName
{
    public const int MaxLength = 50;

    // Keywords of both languages, because a task must be solvable in both.
    private static readonly FrozenSet<string> Keywords =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield", "alignas", "alignof", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "case",
        "catch", "char", "char8_t", "char16_t", "char32_t", "compl", "concept", "const", "consteval", "constexpr", "constinit",
        "const_cast", "co_await", "co_return", "co_yield", "decltype", "default", "delete", "do", "double", "dynamic_cast", "enum",
        "explicit", "export", "extern", "false", "float", "friend", "goto", "inline", "int", "long", "mutable", "namespace", "new",
        "noexcept", "not_eq", "nullptr", "operator", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
        "requires", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this",
        "thread_local", "throw", "true", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile",
        "wchar_t", "xor", "xor_eq", "main", "std",
    ];

    // Macros, types and variables of the C headers, which every C++ header includes.
    private static readonly FrozenSet<string> Taken =
    [
        "alloca", "assert_perror", "daylight", "environ", "errno", "htobe16", "htobe32", "htobe64", "htole16", "htole32", "htole64",
        "be16toh", "be32toh", "be64toh", "le16toh", "le32toh", "le64toh", "fd_mask", "fd_set", "issubnormal", "jmp_buf", "loff_t",
        "offsetof", "optarg", "opterr", "optind", "optopt", "setjmp", "sigmask", "sigsetjmp", "signgam", "stderr", "stdin", "stdout", "strdupa", "strndupa",
        "timeradd", "timerclear", "timercmp", "timerisset", "timersub", "timezone", "u_char", "u_int", "u_long", "u_short", "uint", "ulong", "ushort",
        "va_arg", "va_copy", "va_end", "va_list", "va_start", "math_errhandling", "sa_handler", "sched_priority",
        "EOF", "NULL", "BUFSIZ", "FILE", "HUGE_VAL", "INFINITY", "NAN", "RAND_MAX", "INT_MAX", "INT_MIN", "LONG_MAX", "LONG_MIN", "CHAR_BIT", "DOMAIN", "OVERFLOW", "UNDERFLOW",
    ];

    // Functions of the C headers with their parameter types: a function with the same name and parameters must have the
    // same result type, because C++ overloads by parameters only.
    private static readonly (FunctionKind[] Inputs, FunctionKind? Output, FrozenSet<string> Names)[] Library =
    [
        ([], null, ["arc4random", "clock", "getegid", "geteuid", "getgid", "gethostid", "getlogin", "getuid", "getwchar", "localeconv", "lrand48", "mrand48", "random", "tmpfile"]),
        ([], FunctionKind.Void, ["abort", "sync", "tzset"]),
        ([], FunctionKind.Number32, ["fork", "getchar", "getpagesize", "getpgrp", "getpid", "getppid", "gettid", "pause", "rand", "sched_yield", "setsid", "vfork"]),
        ([], FunctionKind.Fraction, ["drand48"]),
        ([FunctionKind.Number32], null, ["btowc", "strerror", "strsignal", "sysconf", "ttyname"]),
        ([FunctionKind.Number32], FunctionKind.Void, ["exit", "quick_exit", "closefrom"]),
        ([FunctionKind.Number32], FunctionKind.Number32,
        [
            "abs", "close", "dup", "ffs", "fsync", "getpgid", "getsid", "isalnum", "isalpha", "isascii", "isatty", "isblank", "iscntrl", "isdigit", "isgraph",
            "islower", "isprint", "ispunct", "isspace", "isupper", "isxdigit", "nice", "putchar", "raise", "toascii", "tolower", "toupper", "unshare",
        ]),
        ([FunctionKind.Number64], FunctionKind.Number32, ["ffsll"]),
        ([FunctionKind.Number64], FunctionKind.Number64, ["llabs"]),
        ([FunctionKind.Fraction], null, ["fsqrt", "iscanonical", "issignaling", "llogb", "lrint", "lround"]),
        ([FunctionKind.Fraction], FunctionKind.Number32, ["finite", "ilogb"]),
        ([FunctionKind.Fraction], FunctionKind.Number64, ["llrint", "llround"]),
        ([FunctionKind.Fraction], FunctionKind.Fraction,
        [
            "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "erf", "erfc", "exp", "exp10", "exp2", "expm1", "fabs", "floor",
            "gamma", "j0", "j1", "lgamma", "log", "log10", "log1p", "log2", "logb", "nearbyint", "nextdown", "nextup", "rint", "round", "roundeven",
            "significand", "sin", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc", "y0", "y1",
        ]),
        ([FunctionKind.Number32, FunctionKind.Number32], null, ["div", "fpathconf"]),
        ([FunctionKind.Number32, FunctionKind.Number32], FunctionKind.Number32, ["daemon", "dup2", "kill", "killpg", "setpgid"]),
        ([FunctionKind.Number64, FunctionKind.Number64], null, ["lldiv"]),
        ([FunctionKind.Fraction, FunctionKind.Fraction], null, ["fadd", "fdiv", "fmul", "fsub"]),
        ([FunctionKind.Fraction, FunctionKind.Fraction], FunctionKind.Fraction,
            ["atan2", "copysign", "drem", "fdim", "fmax", "fmaximum", "fmaxmag", "fmin", "fminimum", "fminmag", "fmod", "hypot", "nextafter", "pow", "remainder", "scalb"]),
        ([FunctionKind.Number32, FunctionKind.Fraction], FunctionKind.Fraction, ["jn", "yn"]),
        ([FunctionKind.Fraction, FunctionKind.Number32], FunctionKind.Fraction, ["ldexp", "scalbn"]),
        ([FunctionKind.Fraction, FunctionKind.Fraction, FunctionKind.Fraction], null, ["ffma"]),
        ([FunctionKind.Fraction, FunctionKind.Fraction, FunctionKind.Fraction], FunctionKind.Fraction, ["fma"]),
    ];

    /// <summary>The fault of a name, or null.</summary>
    public static LocalizedText? FindFault(string name) =>
        name.Length is 0 or > MaxLength || !Name().IsMatch(name) || Keywords.Contains(name)
            ? (LocalizedText)$"must be a name in Python and in C++ of at most {MaxLength} characters"
            : Taken.Contains(name) || name.EndsWith("_t", StringComparison.Ordinal) ? (LocalizedText)$"'{name}' is something else in C++ already: choose another name"
            : null;

    /// <summary>The fault of a name for a function of these types, or null.</summary>
    public static LocalizedText? FindFault(string name, IReadOnlyList<FunctionType> inputs, FunctionType output) =>
        Library.Any(some => some.Names.Contains(name) && some.Output != output.Kind && some.Inputs.SequenceEqual(inputs.Select(input => input.Kind)))
            ? (LocalizedText)$"C++ has a function '{name}' with these arguments and another result already: choose another name"
            : null;

    // Names with a leading underscore are reserved by the languages, those with "shtp_" by the harness.
    [GeneratedRegex(@"\A(?!shtp)[A-Za-z][A-Za-z0-9_]*\z")]
    private static partial Regex Name();
}
