#include <bits/stdc++.h>
#include <unistd.h>
#include <fcntl.h>
namespace shtp_harness {
static int answer = -1;
__attribute__((constructor(101))) static void take_output() {
    answer = dup(1);
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    close(nowhere);
}
static long length() { long value = 0; if (scanf("%ld", &value) != 1) _exit(120); getchar(); return value; }
static void read(int& value) { value = (int)length(); }
static void read(long long& value) { value = length(); }
static void read(bool& value) { value = length() != 0; }
static void read(double& value) { if (scanf("%lf", &value) != 1) _exit(120); getchar(); }
static void read(std::string& value) {
    value.resize(length());
    if (fread(&value[0], 1, value.size(), stdin) != value.size()) _exit(120);
    getchar();
}
template <class T> void read(std::vector<T>& value) {
    long count = length();
    for (long i = 0; i < count; i++) { T element{}; read(element); value.push_back(element); }
}
static void quote(std::string& out, const std::string& value) {
    out += '"';
    for (unsigned char c : value) {
        if (c == '"' || c == '\\') { out += '\\'; out += (char)c; }
        else if (c < 0x20) { char escape[8]; snprintf(escape, sizeof escape, "\\u%04x", c); out += escape; }
        else out += (char)c;
    }
    out += '"';
}
static void write(std::string& out, bool value) { out += value ? "true" : "false"; }
static void write(std::string& out, char value) { quote(out, std::string(1, value)); }
static void write(std::string& out, double value) {
    char text[40];
    snprintf(text, sizeof text, std::isfinite(value) ? "%.17g" : "null", value);
    out += text;
}
static void write(std::string& out, float value) { write(out, (double)value); }
static void write(std::string& out, const std::string& value) { quote(out, value); }
static void write(std::string& out, const char* value) { quote(out, value); }
template <class T, class = std::enable_if_t<std::is_integral<T>::value>> void write(std::string& out, T value) { out += std::to_string(value); }
template <class T> void write(std::string& out, const std::vector<T>& value) {
    out += '[';
    for (size_t i = 0; i < value.size(); i++) { if (i) out += ','; write(out, (T)value[i]); }
    out += ']';
}
template <class T> void finish(const T& value) {
    std::string out;
    write(out, value);
    for (size_t done = 0; done < out.size();) {
        ssize_t count = ::write(answer, out.data() + done, out.size() - done);
        if (count <= 0) _exit(121);
        done += (size_t)count;
    }
}
}
#define main shtp_main_of_student
#line 1 "main.cpp"
// SOURCE
#line 1 "call"
#undef main
#undef int
#undef double
#undef char
#undef bool
#undef long
#undef vector
#undef string
#undef read
#undef std
int main() {
// CALL
}
