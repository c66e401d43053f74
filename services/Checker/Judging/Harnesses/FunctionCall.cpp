

#line 1 "call"
// UNDEFINE
namespace shtp_harness {
extern const bool prints;
const bool prints = false;
long long take_integer();
double take_real();
void take_bytes(char*, unsigned long);
void put_mark(char);
void put_bool(bool);
void put_integer(long long);
void put_unsigned(unsigned long long);
void put_real(double);
void put_text(const char*, unsigned long);
struct scalar {};
template <class E> struct list {};
template <class K, class E> struct map {};
inline void take(scalar, int& to) { to = (int)take_integer(); }
inline void take(scalar, long& to) { to = (long)take_integer(); }
inline void take(scalar, long long& to) { to = take_integer(); }
inline void take(scalar, bool& to) { to = take_integer() != 0; }
inline void take(scalar, double& to) { to = take_real(); }
inline void take(scalar, float& to) { to = (float)take_real(); }
inline void take(scalar, char& to) {
    take_integer();
    take_bytes(&to, 1);
}
template <class S> auto take(scalar, S& to) -> decltype(to.resize(0)) {
    to.resize((unsigned long)take_integer());
    take_bytes(&to[0], to.size());
}
template <class E, class C> void take(list<E>, C& to) {
    for (long long count = take_integer(); count > 0; count--) {
        typename C::value_type item{};
        take(E{}, item);
        to.push_back(item);
    }
}
template <class K, class E, class C> void take(map<K, E>, C& to) {
    for (long long count = take_integer(); count > 0; count--) {
        typename C::key_type key{};
        typename C::mapped_type item{};
        take(K{}, key);
        take(E{}, item);
        to[key] = item;
    }
}
inline void put(scalar, bool from) { put_bool(from); }
inline void put(scalar, char from) { put_text(&from, 1); }
inline void put(scalar, signed char from) { put_integer(from); }
inline void put(scalar, unsigned char from) { put_integer(from); }
inline void put(scalar, short from) { put_integer(from); }
inline void put(scalar, unsigned short from) { put_integer(from); }
inline void put(scalar, int from) { put_integer(from); }
inline void put(scalar, unsigned int from) { put_integer(from); }
inline void put(scalar, long from) { put_integer(from); }
inline void put(scalar, unsigned long from) { put_unsigned(from); }
inline void put(scalar, long long from) { put_integer(from); }
inline void put(scalar, unsigned long long from) { put_unsigned(from); }
inline void put(scalar, float from) { put_real(from); }
inline void put(scalar, double from) { put_real(from); }
inline void put(scalar, long double from) { put_real((double)from); }
inline void put(scalar, const char* from) {
    unsigned long count = 0;
    while (from[count]) count++;
    put_text(from, count);
}
template <class S> auto put(scalar, const S& from) -> decltype(from.data(), put_text(from.data(), from.size())) { put_text(from.data(), from.size()); }
template <class E, class C> void put(list<E>, const C& from) {
    char mark = '[';
    for (const auto& item : from) {
        put_mark(mark);
        put(E{}, item);
        mark = ',';
    }
    if (mark == '[') put_mark(mark);
    put_mark(']');
}
template <class K, class E, class C> void put(map<K, E>, const C& from) {
    char mark = '[';
    for (const auto& entry : from) {
        put_mark(mark);
        put_mark('[');
        put(K{}, entry.first);
        put_mark(',');
        put(E{}, entry.second);
        put_mark(']');
        mark = ',';
    }
    if (mark == '[') put_mark(mark);
    put_mark(']');
}
void call() {
// CALL
}
}
