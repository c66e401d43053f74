// Linked into every program: reports how it ended, and keeps the stack limit from applying to threads.
#include <cxxabi.h>
#include <exception>
#include <new>
#include <pthread.h>
#include <unistd.h>

namespace {

std::terminate_handler before;

// An uncaught bad_alloc is memory that the program was refused; a negative size is its own fault.
void end() {
    if (abi::__cxa_current_exception_type()) {
        try {
            throw;
        } catch (const std::bad_array_new_length&) {
        } catch (const std::bad_alloc&) {
            _exit(OUT_OF_MEMORY);
        } catch (...) {
        }
    }
    before();
}

// Without this every thread would reserve as much as the stack of the program may grow to.
__attribute__((constructor(101))) void prepare() {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) {
        if (pthread_attr_setstacksize(&attributes, THREAD_STACK) == 0) pthread_setattr_default_np(&attributes);
        pthread_attr_destroy(&attributes);
    }
    before = std::set_terminate(end);
}

}
