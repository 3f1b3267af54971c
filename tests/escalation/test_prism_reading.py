"""The text of a PRISM model: what it means, and what is refused, with its line."""

import pytest

from backchannel.base.errors import PrismFileError
from backchannel.escalation.prism.bind import bind
from backchannel.escalation.prism.explore import explore
from backchannel.escalation.prism.expression import (
    evaluator,
    parse_expression,
    substitute,
)
from backchannel.escalation.prism.parse_model import parse_model, read_model
from backchannel.escalation.prism.parse_properties import parse_properties
from backchannel.escalation.prism.questions import answer
from backchannel.escalation.prism.source import Reader, words_of

QUEUE = """// a queue with room for three
ctmc
const int c; const double up = 1/2;
formula full = n=c;
module queue
  n : [0..c];
  [] !full -> up : (n'=n+1);
  [serve] n>0 -> 3/4 : (n'=n-1);
endmodule
label "full" = full;
rewards "served" [serve] true : 1; endrewards
"""


def chain_of(text, **constants):
    return explore(bind(parse_model(text), constants))


def value(text, folded=True):
    tree = parse_expression(Reader(words_of(text, "text"), "text"))
    if folded:
        tree = substitute(tree, {})
        assert tree.operator == "literal"
    return evaluator(tree)({})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1+2*3-4/8", 6.5),
        ("1/2", 0.5),
        ("-2*3", -6),
        ("2-1-1", 0),
        ("8/2/2", 2),
        ("!1=2 & 3>2", True),
        ("true | false & false", True),
        ("false => false", True),
        ("true <=> false", False),
        ("1<2 ? 5 : 6", 5),
        ("min(3,1,2)+max(4,5)", 6),
        ("floor(0.75*5)", 3),
        ("ceil(1.2)+round(2.5)", 5),
        ("pow(2,10)", 1024),
        ("mod(7,4)", 3),
        ("log(8,2)", 3.0),
        ("1.5e1 + .5", 15.5),
        ("(1!=2)=true", True),
    ],
)
def test_an_expression_means_what_the_language_says(text, meant):
    """Folded as a constant and evaluated as columns, both give the same."""
    assert value(text) == pytest.approx(meant)


def test_folding_and_evaluating_agree():
    """The same tree over columns, where nothing can be folded."""
    chain = chain_of(
        """ctmc module m x:[0..4] init 3;
        [] x<0 -> 1 : (x'=0);
        endmodule
        label "a" = min(x,2)=2 & floor(x/2)=1 & ceil(x/2)=2 & mod(x,2)=1;
        label "b" = (x=3 ? pow(x,2) : 0)=9 & -x<0 & round(x/2)=2 & !(x!=3);
        label "c" = (x>2 => x>=3) & (x<=3 <=> x<4) & log(x,3)=1 & max(x,4)-x=1;
        """
    )
    for label in "abc":
        assert chain.where(chain.labels()[label]).tolist() == [True]


def test_a_queue_has_the_states_and_rates_that_its_text_says():
    chain = chain_of(QUEUE, c=3)
    assert chain.columns["n"].tolist() == [0, 1, 2, 3]
    assert chain.rates.toarray().tolist() == [
        [0, 0.5, 0, 0],
        [0.75, 0, 0.5, 0],
        [0, 0.75, 0, 0.5],
        [0, 0, 0.75, 0],
    ]
    assert chain.where(chain.labels()["full"]).tolist() == [False, False, False, True]
    assert chain.earned["served"].tolist() == [0, 0.75, 0.75, 0.75]
    assert chain.held["served"].tolist() == [0, 0, 0, 0]
    assert repr(chain) == "<Chain 4 states, 6 transitions>"


def test_modules_that_share_an_action_move_together():
    """Rates multiply, every combination of commands counts, and all must be ready."""
    chain = chain_of(
        """ctmc
        module a x:[0..1]; [go] x=0 -> 2 : (x'=1); [go] x=0 -> 3 : true; endmodule
        module b y:[0..1]; [go] y=0 -> 5 : (y'=1); endmodule
        """
    )
    moves = chain.rates.tocoo()
    states = list(zip(chain.columns["x"], chain.columns["y"], strict=True))
    found = {
        (states[i], states[j]): rate
        for i, j, rate in zip(moves.row, moves.col, moves.data, strict=True)
    }
    assert found == {((0, 0), (1, 1)): 10.0, ((0, 0), (0, 1)): 15.0}


def test_a_renamed_module_is_written_out():
    """Variables, actions, constants and what formulas mention are renamed alike."""
    chain = chain_of(
        """ctmc
        const double slow = 1; const double fast = 4;
        formula busy = x=1;
        module a x:[0..1]; [go] !busy -> slow : (x'=1); endmodule
        module b = a [x=y, go=run, slow=fast] endmodule
        """
    )
    assert sorted(chain.columns) == ["x", "y"]
    assert chain.rates.sum() == 2 * (1 + 4)


def test_updates_of_one_command_are_all_taken():
    chain = chain_of(
        "ctmc module m x:[0..2]; [] x=0 -> 1:(x'=1) + 2:(x'=2) + 7:true; endmodule"
    )
    assert chain.rates.toarray()[0].tolist() == [0, 1, 2]


def test_bools_and_starts():
    chain = chain_of(
        "ctmc module m up:bool init true; n:[2..5] init 4;"
        "[] up & n>2 -> 1:(up'=!up)&(n'=n-1); [] !up -> 1:(up'=n=2); endmodule"
    )
    assert chain.columns["up"].tolist() == [True, False]
    assert chain.columns["n"].tolist() == [4, 3]


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("dtmc", 1, "'ctmc'"),
        ("module m endmodule", 1, "begin with 'ctmc'"),
        ("ctmc\nmodule m\n x:[0..1]\nendmodule", 4, "expected ';'"),
        ("ctmc\n\n[] x -> 1", 3, "expected const"),
        ("ctmc\nconst int a = ;", 2, "expected an expression"),
        ("ctmc\nconst int a = 1 # 2;", 2, "cannot read '#'"),
        ("ctmc const int a = 1;\nconst int a = 2;", 2, "declared twice"),
        ("ctmc\nglobal x:[0..1];", 2, "docs/prism.md"),
        ("ctmc\nformula a = b;\nformula b = a;", 2, "needs itself"),
        ("ctmc\nformula a = " + "(" * 5000, 2, "nested too deeply"),
        ("ctmc\nmodule b = a [x=y] endmodule", 2, "no module 'a'"),
        ("ctmc\nmodule m x:[0..1]; endmodule\nmodule n = m [y=z] endmodule", 3, "'x'"),
        ("ctmc\nmodule m x:[0..1]; [] x=0 -> pow(2) : true;", 2, "needs 2"),
        ('ctmc\nrewards "r" true : 1', 2, "expected ';'"),
        ("ctmc\nmodule m x:[0..1];\n[] x=0 -> 1:(x'=1)", 3, "the end of the text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, line, wrong):
    with pytest.raises(PrismFileError, match=r"^m:\d+: ") as refused:
        parse_model(text, "m")
    assert wrong in str(refused.value)
    assert (refused.value.path, refused.value.line) == ("m", line)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("x:[0..1]; [] y=0 -> 1:true;", "no name 'y'"),
        ("x:[0..1]; [] x -> 1:true;", "a number stands where a condition belongs"),
        ("x:[0..1]; [] x=0 -> x=1:true;", "a condition stands where a number"),
        ("x:[0..1]; [] x&true -> 1:true;", "'&' cannot take number and bool"),
        ("x:[0..1]; [] true -> 1:(y'=1);", "not its own"),
        ("x:[0..1]; [] true -> 1:(x'=1)&(x'=0);", "twice"),
        ("x:[0..1] init 3; [] x=0 -> 1:true;", "starts at 3, outside [0..1]"),
        ("x:[0..1]; x:[0..1]; [] x=0 -> 1:true;", "declared twice"),
        ("x:[0..k]; [] x=0 -> 1:true;", "not a fixed whole number"),
    ],
)
def test_what_makes_no_sense_is_refused(body, wrong):
    text = f"ctmc\nmodule m\n{body}\nendmodule"
    with pytest.raises(PrismFileError) as refused:
        bind(parse_model(text, "m"))
    assert wrong in str(refused.value)
    assert refused.value.line == 3


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("[] x<2 -> 1:(x'=x+1);", "'x' becomes 2, outside [0..1]"),
        ("[] true -> x-1:(x'=1);", "rate is -1 in x=0"),
        ("[] true -> 1/x:(x'=1);", "rate is inf in x=0"),
        ("[] true -> 1:(x'=x+1/2);", "broken number"),
        ("[] true -> pow(10,pow(10,9)):(x'=1);", "rate is inf"),
        (f"[] true -> {'9' * 5000}:(x'=1);", "rate is inf"),
        ("[] !(x/x=1) -> mod(x,0)-1:true;", "rate is -1"),
    ],
)
def test_what_goes_wrong_in_a_state_names_the_command(body, wrong):
    with pytest.raises(PrismFileError) as refused:
        chain_of(f"ctmc\nmodule m\nx:[0..1];\n{body}\nendmodule")
    assert wrong in str(refused.value)
    assert refused.value.line == 4


def test_formulas_that_double_with_every_line_are_refused():
    lines = [f"formula f{i} = f{i - 1} + f{i - 1};" for i in range(1, 60)]
    with pytest.raises(PrismFileError, match="when written out"):
        parse_model("\n".join(["ctmc", "formula f0 = x;", *lines]))


@pytest.mark.parametrize("amount", ["x-1", "1/x", "0/x"])
def test_a_reward_that_is_no_reward_is_refused(amount):
    text = "ctmc module m x:[0..1]; [] x=0 -> 1:(x'=1); endmodule\n"
    with pytest.raises(PrismFileError, match="negative or not finite"):
        chain_of(f'{text} rewards "r"\n true : {amount}; endrewards')


def test_constants_are_asked_for_and_checked():
    with pytest.raises(PrismFileError, match="constant 'c' has no value"):
        chain_of(QUEUE)
    with pytest.raises(PrismFileError, match="Did you mean 'c'"):
        chain_of(QUEUE, cc=3)
    with pytest.raises(PrismFileError, match="must be of kind int"):
        chain_of(QUEUE, c=2.5)
    with pytest.raises(PrismFileError, match="cannot be computed"):
        chain_of("ctmc const int a = b; const int b = a;")
    with pytest.raises(PrismFileError, match="must be of kind int"):
        chain_of("ctmc const int a = 1e300*1e300;")
    with pytest.raises(PrismFileError, match="not a fixed whole number"):
        chain_of("ctmc module m x:[0..1e400]; endmodule")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PrismFileError, match="nowhere"):
        read_model(tmp_path / "nowhere.prism")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("P>0.5 [ F x=1 ]", "expected '=?'"),
        ("Q=? [ F x=1 ]", "expected P=?"),
        ("R=? [ X ]", "expected F, S, C<= or I="),
        ("P=? [ x=1 W x=2 ]", "expected 'U'"),
        ('"a": S=? [ true ]; "a": S=? [ true ]', "declared twice"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(text, wrong):
    with pytest.raises(PrismFileError) as refused:
        parse_properties(text)
    assert wrong in str(refused.value)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('P=? [ F "ful" ]', 'no label "ful"'),
        ("P=? [ F m=1 ]", "no name 'm'"),
        ("P=? [ F n ]", "a number stands"),
        ("P=? [ F<=n full ]", "a bound of time"),
        ("P=? [ F[3,2] full ]", "out of order"),
        ('R{"serve"}=? [ S ]', "Did you mean 'served'"),
        ("const double T; P=? [ F<=T full ]", "constant 'T' has no value"),
    ],
)
def test_a_question_about_nothing_is_refused(text, wrong):
    chain = chain_of(QUEUE, c=3)
    with pytest.raises(PrismFileError) as refused:
        answer(chain, parse_properties(text), "1")
    assert wrong in str(refused.value)


def test_an_unknown_question_is_refused():
    questions = parse_properties('"full": S=? [ full ]')
    with pytest.raises(PrismFileError, match="Did you mean 'full'"):
        answer(chain_of(QUEUE, c=3), questions, "ful")
