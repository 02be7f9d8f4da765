// Catch2 2.13 binds both sides of a comparison to references. Catch2 3 takes numbers by their value, and tests written
// for it compare constants that have no address: static members without a definition, constants not captured by a lambda.
#ifndef SPILLWAY_COMPAT_DECOMPOSE_BY_VALUE_HPP
#define SPILLWAY_COMPAT_DECOMPOSE_BY_VALUE_HPP

#include <catch2/catch.hpp>
#include <type_traits>

namespace Catch
{
	template<typename T>
	concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

	/** The left side of a comparison; all that is no comparison is left to its parent. */
	template<typename LhsT>
	class ValueExprLhs : public ExprLhs<LhsT>
	{
	public:
		explicit ValueExprLhs(LhsT lhs) : ExprLhs<LhsT>(lhs), lhs(lhs)
		{
		}

#define SPILLWAY_COMPARISON(op, result)                                                                                \
	template<Plain RhsT>                                                                                                 \
	auto operator op(RhsT rhs) const -> BinaryExpr<LhsT, RhsT>                                                           \
	{                                                                                                                    \
		return { static_cast<bool>(result), this->lhs, #op, rhs };                                                         \
	}                                                                                                                    \
	template<typename RhsT>                                                                                              \
	  requires(!Plain<RhsT>)                                                                                             \
	auto operator op(const RhsT& rhs) const -> BinaryExpr<LhsT, const RhsT&>                                             \
	{                                                                                                                    \
		return { static_cast<bool>(result), this->lhs, #op, rhs };                                                         \
	}

		SPILLWAY_COMPARISON(==, compareEqual(this->lhs, rhs))
		SPILLWAY_COMPARISON(!=, compareNotEqual(this->lhs, rhs))
		SPILLWAY_COMPARISON(<, this->lhs < rhs)
		SPILLWAY_COMPARISON(<=, this->lhs <= rhs)
		SPILLWAY_COMPARISON(>, this->lhs > rhs)
		SPILLWAY_COMPARISON(>=, this->lhs >= rhs)

#undef SPILLWAY_COMPARISON

	private:
		LhsT lhs;
	};

	struct ValueDecomposer
	{
		template<Plain T>
		auto operator<=(T lhs) const
		{
			return ValueExprLhs<T>(lhs);
		}

		template<typename T>
		  requires(!Plain<T>)
		auto operator<=(const T& lhs) const
		{
			return ValueExprLhs<const T&>(lhs);
		}
	};
} // namespace Catch

// As in catch.hpp, but for the decomposer.
#undef INTERNAL_CATCH_TEST
#define INTERNAL_CATCH_TEST(macroName, resultDisposition, ...)                                                         \
	do                                                                                                                   \
	{                                                                                                                    \
		CATCH_INTERNAL_IGNORE_BUT_WARN(__VA_ARGS__);                                                                       \
		Catch::AssertionHandler catchAssertionHandler(                                                                     \
		  macroName##_catch_sr,                                                                                            \
		  CATCH_INTERNAL_LINEINFO,                                                                                         \
		  CATCH_INTERNAL_STRINGIFY(__VA_ARGS__),                                                                           \
		  resultDisposition);                                                                                              \
		INTERNAL_CATCH_TRY                                                                                                 \
		{                                                                                                                  \
			CATCH_INTERNAL_START_WARNINGS_SUPPRESSION                                                                        \
			CATCH_INTERNAL_SUPPRESS_PARENTHESES_WARNINGS                                                                     \
			catchAssertionHandler.handleExpr(Catch::ValueDecomposer() <= __VA_ARGS__);                                       \
			CATCH_INTERNAL_STOP_WARNINGS_SUPPRESSION                                                                         \
		}                                                                                                                  \
		INTERNAL_CATCH_CATCH(catchAssertionHandler)                                                                        \
		INTERNAL_CATCH_REACT(catchAssertionHandler)                                                                        \
	} while (false)

#endif
