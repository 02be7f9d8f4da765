// Catch::Matchers::RangeEquals, which Catch2 2.13 lacks: the same elements in the same order, whatever holds them.
#ifndef SPILLWAY_COMPAT_CATCH_MATCHERS_RANGE_EQUALS_HPP
#define SPILLWAY_COMPAT_CATCH_MATCHERS_RANGE_EQUALS_HPP

#include <algorithm> // std::ranges::equal()
#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <utility> // std::move()
#include <vector>

namespace Catch::Matchers
{
	template<typename Range>
	class RangeEqualsMatcher
	{
	public:
		explicit RangeEqualsMatcher(Range expected) : expected(std::move(expected))
		{
		}

		template<typename Other>
		bool match(const Other& actual) const
		{
			return std::ranges::equal(actual, this->expected);
		}

		std::string toString() const
		{
			return "elements are " + Catch::Detail::stringify(this->expected);
		}

	private:
		Range expected;
	};

	template<typename Range>
	RangeEqualsMatcher<Range> RangeEquals(Range expected)
	{
		return RangeEqualsMatcher<Range>(std::move(expected));
	}

	template<typename T>
	RangeEqualsMatcher<std::vector<T>> RangeEquals(std::initializer_list<T> expected)
	{
		return RangeEqualsMatcher<std::vector<T>>(std::vector<T>(expected));
	}
} // namespace Catch::Matchers

#endif
