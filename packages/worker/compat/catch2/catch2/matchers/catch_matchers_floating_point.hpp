// Catch2 2.13 has these matchers under the same names in its single header.
#ifndef SPILLWAY_COMPAT_CATCH_MATCHERS_FLOATING_POINT_HPP
#define SPILLWAY_COMPAT_CATCH_MATCHERS_FLOATING_POINT_HPP

#include <catch2/catch.hpp>

#endif
