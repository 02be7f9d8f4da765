// The macros of Catch2 3, which mediasoup's tests are written for, from the single header of Catch2 2.13.
#ifndef SPILLWAY_COMPAT_CATCH_TEST_MACROS_HPP
#define SPILLWAY_COMPAT_CATCH_TEST_MACROS_HPP

#include "decompose_by_value.hpp"

#endif
