"""The moves that a language model is told of, each with its fields, by kind of role."""

from __future__ import annotations

from collections.abc import Mapping

MOVES_TOLD: Mapping[str, str] = {
    "send": '{"move": "send", "channel": NAME, "text": TEXT, "precedence": "routine", '
    '"handling": ["personal", "no_copies"]} sends a message over one of your open '
    "channels; it takes hours. Precedence and handling can be left out.",
    "speak": '{"move": "speak", "to": [ROLE, ...], "text": TEXT} speaks face to face '
    "to people near you; at once, without a record.",
    "declare": '{"move": "declare", "text": TEXT, "commits_to": [ISSUE.LEVEL, ...]} '
    "says something in public; going back on it costs at home.",
    "estimate": '{"move": "estimate", "question": "war" or "settled", "prob": 0 to 1} '
    'notes what you expect; {"move": "estimate", "question": "limit", "of": PARTY, '
    '"package": {ISSUE: LEVEL}, "prob": 0 to 1} how surely another party would rather '
    "have a package than no agreement; nobody sees it before the debrief.",
    "observe": '{"move": "observe", "of": ROLE, "text": TEXT, "manner": TEXT, '
    '"baseline": TEXT, "credibility": 0 to 1} notes how somebody seemed.',
    "relay": '{"move": "relay", "message": NAME, "text": TEXT} changes a message that '
    "is in your hands before you pass it on.",
    "acknowledge": '{"move": "acknowledge", "message": NAME} notes that you read it.',
    "open_channel": '{"move": "open_channel", "channel": NAME} opens a channel by '
    "which you can be reached.",
    "offer": '{"move": "offer", "channel": NAME, "package": {ISSUE: "LEVEL" or "LEVEL '
    '(private)"}, "text": TEXT, "form": "request" or "ultimatum", "deadline_hours": '
    'HOURS, "knowers": TEXT, "conditions": [{"then": ISSUE, "needs": ISSUE, "kind": '
    '"performed" or "secret", "within_hours": HOURS, "verified_by": ACTOR, '
    '"otherwise": "term" or "all"}]} offers a package of the issues and levels you '
    "know. Text, deadline, knowers and conditions can be left out.",
    "answer": '{"move": "answer", "channel": NAME, "offer": NAME, "answer": "accept", '
    '"refuse", "refuse_paper" or "counter", "text": TEXT} answers an offer that came; '
    "a counter-offer has the fields of an offer as well. Only leaders accept.",
    "take_as": '{"move": "take_as", "offer": NAME, "as": "request" or "ultimatum"} '
    "notes how you take the deadline of an offer.",
    "give_mandate": '{"move": "give_mandate", "envoy": ROLE, "levels": [ISSUE.LEVEL, '
    "...]} tells an envoy of yours what he may offer.",
    "ratify": '{"move": "ratify", "agreement": NAME, "assent": true or false} answers '
    "when an agreement asks for your assent.",
    "renege": '{"move": "renege", "agreement": NAME, "issue": ISSUE} decides in secret '
    "not to perform a term that you owe.",
    "denounce": '{"move": "denounce", "agreement": NAME, "text": TEXT} ends in public '
    "an agreement that was broken.",
    "leak": '{"move": "leak", "message": NAME} or {"move": "leak", "paper": NAME} or '
    '{"move": "leak", "agreement": NAME, "issue": ISSUE}, with "after_hours": HOURS if '
    "it is to come later; lets it out without your name.",
    "write_paper": '{"move": "write_paper", "title": TEXT, "text": TEXT, "to": [ROLE, '
    '...], "caveats": ["no_copies"], "about": MESSAGE} files a document; about a '
    "message it is a report.",
    "hand_on": '{"move": "hand_on", "paper": NAME, "to": [ROLE, ...]} gives copies.',
    "read_paper": '{"move": "read_paper", "paper": NAME} signs that you read it.',
    "set_posture": '{"move": "set_posture", "posture": NAME, "setting": NAME} changes '
    "a posture of yours; at once, and both sides see it.",
    "set_order": '{"move": "set_order", "order": NAME, "status": "in_force" or '
    '"overridden"} changes a standing order of yours.',
    "countermand": '{"move": "countermand", "order": NAME} calls off an order of yours '
    "that is under way.",
    "rule": '{"move": "rule", "matter": NAME, "ruling": "hold", "down" or "up"} rules '
    "on a matter before you.",
    "escalate": '{"move": "escalate", "step": NAME} takes a step of your sheet up the '
    "ladder.",
}
"""Every move that a page offers a player, with its fields, as JSON to copy."""
