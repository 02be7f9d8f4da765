// What most source files include from outside the worker, parsed once for all of them: a good third of the build.
// None of mediasoup's own headers, whose macros depend on what a file defines before it includes them.
#ifndef SPILLWAY_PCH_SYSTEM_HPP
#define SPILLWAY_PCH_SYSTEM_HPP

#include <algorithm>
#include <ankerl/unordered_dense.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <flatbuffers/flatbuffers.h>
#include <functional>
#include <map>
#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <uv.h>
#include <vector>

#endif
