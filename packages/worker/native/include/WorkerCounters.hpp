#ifndef MS_WORKER_COUNTERS_HPP
#define MS_WORKER_COUNTERS_HPP

#include "common.hpp"
#include <flatbuffers/flatbuffer_builder.h>
#include <vector>

/**
 * Numbers that this worker counts by name, for worker.dump().
 *
 * Take the reference once, where the object that counts is made, and add to it:
 *
 * @code
 *   uint64_t& starts{ WorkerCounters::Get("gop-cache.starts") }; // a member
 *   ++this->starts;
 * @endcode
 *
 * @remarks
 * - One set per worker (thread). References are valid as long as the thread lives.
 * - A gauge is a counter from which is also subtracted.
 */
class WorkerCounters
{
public:
	/**
	 * The counter of this name, which is made with the value 0 if there is none.
	 */
	static uint64_t& Get(const char* name);

	/**
	 * Appends a string `counter:<name>=<value>` for each counter, in order of name.
	 */
	static void FillBuffer(
	  flatbuffers::FlatBufferBuilder& builder,
	  std::vector<flatbuffers::Offset<flatbuffers::String>>& strings);
};

#endif
