// Catch::Session. The file that includes this, before any other header of Catch2, gets Catch2's implementation.
#ifndef SPILLWAY_COMPAT_CATCH_SESSION_HPP
#define SPILLWAY_COMPAT_CATCH_SESSION_HPP

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#endif
