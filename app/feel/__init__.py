"""The stated S-FEEL subset shared by form conditions and decision tables (DMN 1.3, chapters 9 and 10).

What can be written (docs/package-format.md, "Forms"):
    literals      "text"  12  0.5  true  false  null  date("2026-11-22")  [1, 2, 3]
    names         a  and paths  a.b ; an absent name is null
    comparison    =  !=  <  <=  >  >=  ;  x between a and b
    membership    x in [a..b]   x in (a..b]   x in ["p", "q"]   x in (< 3, [5..7], 9)   x in list
    logic         and  or  not(x)
    arithmetic    +  -  *  /  and unary minus ; + also joins two texts
A leading "=" is dropped, as form-js writes one.

Nulls, as FEEL has them (DMN 1.3, tables 50 and 53 to 55):
    =  !=         null equals null alone and is unequal to all else; values of different types give null
    <  <=  >  >=  null if either side is null or the types differ
    and           false if any side is false, true if both are true, null otherwise; `or` alike
    not(x)        null unless x is true or false
    in            the `or` of its tests
    + - * /       null if a side is not a number, and on division by zero
A condition holds only if its outcome is exactly true (`Expression.holds`).

Numbers are decimals of 34 digits, rounded half to even (IEEE 754 decimal128, as FEEL demands): 0.1 + 0.2 =
0.3 is true. What comes out is an `int` or a `float`.

Days and moments travel as ISO texts, in names and in outcomes, because that is what answers of forms are in
the page. One leniency follows: against a date("…"), a text that is an ISO date counts as that date.

`Expression.to_json` gives the AST for the page: its shape is in `app.feel.syntax`, its evaluator in
`app/frontend/feel.js`; a table of cases that both must pass is in `tests/feel/cases.json`.
"""

from app.feel.expression import Expression, UnaryTests, parse, parse_unary_tests
from app.feel.scanner import FeelError

__all__ = ["Expression", "FeelError", "UnaryTests", "parse", "parse_unary_tests"]
