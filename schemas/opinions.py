"""Field sets of the opinion to a local government, step by step."""

from __future__ import annotations

from registry.core.i18n import N_, Text
from schemas.dockets import block, day, line
from schemas.fields import Code, Form, meta


class Open(Form):
    """To whom, about what, on which ground."""

    government = line(N_("Government"), hint=N_("Its official name."))
    topic = line(N_("Subject matter"), hint=N_("Without names of persons."), maximum=120)
    opinion_basis = block(N_("What it rests on"), maximum=4000)
    opinion_text = block(N_("Opinion and suggestions"), maximum=8000)


class Sign(Form):
    """Signed."""

    opinion_signed_on = day(N_("Signed on"))
    opinion_number = line(N_("Number of the opinion"), maximum=80)


class Send(Form):
    """Sent."""

    sent_on = day(N_("Sent on"))
    sent_by = line(N_("How it was sent"), maximum=60)


class Receipt(Form):
    """Received."""

    received_on = day(N_("Received on"))
    received_by = line(N_("Who received it"), hint=N_("The office of the government."))


class Reminder(Form):
    """The government is reminded."""

    reminded_on = day(N_("Reminded on"))
    reminder_text = block(N_("What is asked"), required=False, maximum=1000)


class Answer(Form):
    """The answer."""

    answered_on = day(N_("Answered on"))
    answer_number = line(N_("Number of the answer"), required=False, maximum=80)
    adopted = Code(
        [
            ("yes", Text("采纳", "Taken on")),
            ("partly", Text("部分采纳", "Taken on in part")),
            ("no", Text("未采纳并说明理由", "Not taken on, with the reason")),
        ],
        required=True,
        metadata=meta(N_("What the government took on"), widget="radio"),
    )
    answer_text = block(N_("What the answer says"), maximum=8000)


class FollowUp(Form):
    """What was done."""

    followed_on = day(N_("Looked at on"))
    carried_out = Code(
        [
            ("done", Text("已落实", "Done")),
            ("partly", Text("部分落实", "Done in part")),
            ("not", Text("未落实", "Not done")),
        ],
        required=True,
        metadata=meta(N_("What was done"), widget="radio"),
    )
    follow_up_text = block(N_("What was seen"), maximum=4000)
