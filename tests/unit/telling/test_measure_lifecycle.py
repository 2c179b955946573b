"""The life of a measure: what may follow what, over any sequence of answers and removals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from registry.public.measures import lifecycle
from registry.public.measures.lifecycle import ANSWERS, STATES, Answer, AnswerRefused, State


class Measure(RuleBasedStateMachine):
    """A department answers anything at any time; the listing comes and goes."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State = "due"
        self.stands = True
        self.effective = False
        """Whether the department has the measure in effect."""
        self.heard = False
        """Whether the department has ended it, or said that it never applied."""

    @rule(answer=st.sampled_from(ANSWERS))
    def answer(self, answer: Answer) -> None:
        before = self.state
        try:
            self.state = lifecycle.after(before, answer)
        except AnswerRefused:
            assert self.state == before
            assert answer not in lifecycle.possible(before)
            return
        assert answer in lifecycle.possible(before)
        if answer == "applied":
            self.effective, self.heard = True, False
        if answer in {"lifted", "not-applicable"}:
            self.effective, self.heard = False, True

    @rule()
    def remove(self) -> None:
        self.state = lifecycle.removed(self.state)
        self.stands = False

    @rule()
    def publish_again(self) -> None:
        was = self.state
        self.state = lifecycle.restored(self.state)
        self.stands = True
        if was != self.state:
            self.heard = False

    @invariant()
    def nothing_stays_in_effect_in_silence(self) -> None:
        """Once the listing has gone, a measure is open until its department says that it ended."""
        if not self.stands:
            assert self.state in {"lift-due", "lifted", "closed"}
            assert self.state == "lift-due" or self.heard
            assert not self.effective or self.state == "lift-due"

    @invariant()
    def lifted_only_after_it_had_to_be(self) -> None:
        if self.state in {"lifted", "closed"}:
            assert self.heard


# Seven states and four answers: fifteen steps come by every way from any to any.
Measure.TestCase.settings = settings(max_examples=40, stateful_step_count=15)
TestMeasure = Measure.TestCase


@given(st.sampled_from(STATES))
def test_removing_and_restoring_twice_changes_nothing_more(state: State) -> None:
    assert lifecycle.removed(lifecycle.removed(state)) == lifecycle.removed(state)
    assert lifecycle.removed(state) in {"lift-due", "lifted", "closed"}
    assert lifecycle.restored(lifecycle.restored(state)) == lifecycle.restored(state)


@pytest.mark.parametrize(
    ("state", "answer"),
    [("applied", "lifted"), ("due", "lifted"), ("lifted", "applied"), ("lift-due", "applied")],
)
def test_answers_that_never_fit(state: State, answer: Answer) -> None:
    with pytest.raises(AnswerRefused):
        lifecycle.after(state, answer)


def test_every_state_has_words() -> None:
    assert set(lifecycle.STATE_TITLES) == set(STATES)
    assert set(lifecycle.ANSWER_TITLES) == set(ANSWERS)
    assert {state for state in STATES if lifecycle.possible(state)} >= lifecycle.OPEN
