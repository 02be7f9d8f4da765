#define MS_CLASS "WorkerCounters"
// #define MS_LOG_DEV_LEVEL 3

#include "WorkerCounters.hpp"
#include "Logger.hpp"
#include <map>
#include <string>

/* Static. */

// NOTE: The nodes of a std::map do not move, so references into it stay valid.
static thread_local std::map<std::string, uint64_t> Counters;

/* Static methods. */

uint64_t& WorkerCounters::Get(const char* name)
{
	MS_TRACE();

	return Counters[name];
}

void WorkerCounters::FillBuffer(
  flatbuffers::FlatBufferBuilder& builder,
  std::vector<flatbuffers::Offset<flatbuffers::String>>& strings)
{
	MS_TRACE();

	for (const auto& [name, value] : Counters)
	{
		strings.push_back(builder.CreateString("counter:" + name + "=" + std::to_string(value)));
	}
}
