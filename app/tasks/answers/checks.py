"""Checks of a task: expressions over its values, parsed by Python's parser and evaluated by this module alone.

Allowed are names of fields, ``rows.field`` inside ``sum``, ``min``, ``max`` and ``count``, numbers, quoted text, ``+ - * /``,
comparisons, ``and or not`` and ``abs``. Anything else is refused when the task is read.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from app.domain.result import CheckOutcome
from app.domain.task import TaskCheck

Scalar = Decimal | date | str | bool
Given = Mapping[str, str | None]
Columns = Mapping[str, Sequence[str | None]]
"""The values of a column of rows, under ``rows.field``."""

_MAX_CHARS: Final = 500
_ARITHMETIC: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_OVER_COLUMNS: Final = frozenset({"sum", "min", "max", "count"})


class CheckSyntaxError(ValueError):
    """The expression is not one that a check may use; the message says what is wrong."""


class _Missing(Exception):  # noqa: N818 - not an error: a value that the check needs is absent.
    pass


@dataclass(frozen=True)
class ParsedCheck:
    """An expression ready to be evaluated. `names` are the fields and ``rows.field`` columns it uses."""

    tree: ast.expr
    names: frozenset[str]
    is_equation: bool


@lru_cache(maxsize=256)
def parse_check(expression: str) -> ParsedCheck:
    """Raises `CheckSyntaxError` for anything outside the small language."""
    if len(expression) > _MAX_CHARS:
        raise CheckSyntaxError(f"the expression is longer than {_MAX_CHARS} characters")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise CheckSyntaxError(f"{expression!r} is not an expression") from error
    names: set[str] = set()
    _verify(tree, names)
    equation = isinstance(tree, ast.Compare) and isinstance(tree.ops[0], ast.Eq)
    return ParsedCheck(tree, frozenset(names), equation)


def _verify(node: ast.AST, names: set[str]) -> None:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            if not all(isinstance(op, ast.Eq | ast.NotEq) or type(op) in _ORDER for op in ops):
                raise CheckSyntaxError("only == != < <= > >= may compare")
            for part in (left, *comparators):
                _verify(part, names)
        case ast.BoolOp(values=values):
            for part in values:
                _verify(part, names)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            _verify(operand, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            _verify(left, names)
            _verify(right, names)
        case ast.Name(id=name):
            names.add(name)
        case ast.Constant(value=bool() | int() | float() | str()):
            pass
        case ast.Call(func=ast.Name(id="abs"), args=[argument], keywords=[]):
            _verify(argument, names)
        case ast.Call(func=ast.Name(id=name), args=[ast.Attribute(value=ast.Name(id=rows), attr=column)], keywords=[]) if (
            name in _OVER_COLUMNS
        ):
            names.add(f"{rows}.{column}")
        case _:
            raise CheckSyntaxError(f"{ast.unparse(node) if isinstance(node, ast.expr) else 'this'!s} is not allowed in a check")


def run_check(check: TaskCheck, values: Given, columns: Columns) -> CheckOutcome:
    """Evaluate one check. `passed` is None when a value it needs is missing or of a kind that can't be compared."""
    parsed = parse_check(check.expression)
    return CheckOutcome(
        expression=check.expression,
        passed=holds(parsed, values, columns, Decimal(check.tolerance)),
        fields=tuple(sorted(parsed.names)),
        message=check.message,
    )


def holds(parsed: ParsedCheck, values: Given, columns: Columns, tolerance: Decimal) -> bool | None:
    """Whether the expression holds; None when it can't be told."""
    try:
        return bool(_Evaluator(values, columns, tolerance).value(parsed.tree))
    except (_Missing, TypeError, InvalidOperation, DivisionByZero, OverflowError):
        return None


@dataclass(frozen=True)
class _Evaluator:
    values: Given
    columns: Columns
    tolerance: Decimal

    def value(self, node: ast.AST) -> Any:
        match node:
            case ast.Constant(value=bool() as constant):
                return constant
            case ast.Constant(value=int() | float() as number):
                return Decimal(str(number))
            case ast.Constant(value=text):
                return _typed(str(text))
            case ast.Name(id=name):
                return self._field(name)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.value(operand)
            case ast.UnaryOp(operand=operand):
                return -self.value(operand)
            case ast.BoolOp(op=op, values=parts):
                results = [bool(self.value(part)) for part in parts]
                return all(results) if isinstance(op, ast.And) else any(results)
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(type(op), self.value(left), self.value(right))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                operands = [self.value(part) for part in (left, *comparators)]
                return all(self._compare(op, a, b) for op, a, b in zip(ops, operands, operands[1:], strict=False))
            case ast.Call(func=ast.Name(id="abs"), args=[argument]):
                return abs(self.value(argument))
            case ast.Call(func=ast.Name(id=name), args=[ast.Attribute(value=ast.Name(id=rows), attr=column)]):
                return self._over_column(name, f"{rows}.{column}")
        raise TypeError

    def _field(self, name: str) -> Scalar:
        given = self.values.get(name)
        if given is None:
            raise _Missing
        return _typed(given)

    def _over_column(self, function: str, column: str) -> Any:
        given = self.columns.get(column)
        if not given:
            raise _Missing
        if function == "count":
            return Decimal(len(given))
        if any(value is None for value in given):
            raise _Missing
        typed = [_typed(str(value)) for value in given]
        return {"sum": lambda: sum(typed, Decimal(0)), "min": lambda: min(typed), "max": lambda: max(typed)}[function]()

    @staticmethod
    def _arithmetic(op: type[ast.operator], left: Any, right: Any) -> Any:
        if isinstance(left, date) and isinstance(right, Decimal):
            right = timedelta(days=int(right))
        result = _ARITHMETIC[op](left, right)
        return Decimal(result.days) if isinstance(result, timedelta) else result

    def _compare(self, op: ast.cmpop, left: Any, right: Any) -> bool:
        if isinstance(op, ast.Eq | ast.NotEq):
            if isinstance(left, Decimal) and isinstance(right, Decimal):
                same = abs(left - right) <= self.tolerance
            elif type(left) is type(right):
                same = left == right
            else:
                raise TypeError
            return same if isinstance(op, ast.Eq) else not same
        return _ORDER[type(op)](left, right)


def _typed(text: str) -> Scalar:
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
