// Stands in for ankerl::unordered_dense with Abseil's flat containers, which distributions package.
// Neither keeps references valid across an insertion, so code that is right with one is right with the other.
#ifndef SPILLWAY_COMPAT_UNORDERED_DENSE_H
#define SPILLWAY_COMPAT_UNORDERED_DENSE_H

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>
#include <functional>
#include <iterator>

namespace ankerl::unordered_dense
{
	template<typename T>
	using hash = absl::Hash<T>;

	namespace detail
	{
		// Abseil's erase(iterator) returns nothing; the standard's and ankerl's return the next position.
		template<typename Base>
		class ErasingByPosition : public Base
		{
		public:
			using Base::Base;
			using Base::erase;

			typename Base::iterator erase(typename Base::iterator position)
			{
				const auto next = std::next(position);

				Base::erase(position);

				return next;
			}
		};
	} // namespace detail

	template<typename Key, typename Value, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using map = detail::ErasingByPosition<absl::flat_hash_map<Key, Value, Hash, Equal>>;

	template<typename Key, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using set = detail::ErasingByPosition<absl::flat_hash_set<Key, Hash, Equal>>;
} // namespace ankerl::unordered_dense

#endif
