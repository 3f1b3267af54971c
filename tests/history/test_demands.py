"""The thirteen demands that the cable makes of the file format, each met by its file.

Numbers in the names are those of the list of demands; paragraphs are the cable's.
"""

import pytest

from backchannel.base.errors import CrisisFileError
from backchannel.base.laws import LogUniform
from backchannel.base.moments import elapsed
from backchannel.crisis.frozen import Choice
from backchannel.crisis.load import load, load_mapping
from backchannel.crisis.starter import starter_text
from backchannel.crisis.yaml_source import parse_yaml


@pytest.fixture(scope="module")
def cuba():
    return load("cuba-1962")


@pytest.fixture(scope="module")
def cable(cuba):
    return cuba.records["cable_27oct"]


def edited(old, new):
    text = starter_text("my-crisis")
    assert old in text
    return parse_yaml(text.replace(old, new, 1), "x.yaml")


def test_1_a_value_may_be_exact_interval_fuzzy_unknown_or_empty(cuba, cable):
    """Five kinds of knowing stand side by side and stay apart."""
    knowers = cuba.compartments["jupiter_promise"]
    assert knowers.as_was.is_exact
    assert str(knowers.as_told) == "4 to 5"
    met = cuba.contacts["rfk_dobrynin_27oct"].at
    assert elapsed(met, met).hours == 0
    assert met.earliest < met.latest
    assert cable.times.sent_at.presence == "unknown"
    assert cable.metadata["topics"].presence == "empty"
    assert cable.metadata["topics"].presence != cable.classification.presence


def test_1_units_and_zones_are_explicit():
    """A duration without a unit and a time without a zone are refused."""
    for old, new in (("[1 h, 4 h]", "[1, 4]"), (" 18:00 UTC", " 18:00")):
        with pytest.raises(CrisisFileError, match="has no"):
            load_mapping(edited(old, new))


def test_2_claims_have_a_chain_a_basis_and_a_status(cuba):
    """Who says that who says it, on which instrument, and how it stands now."""
    turkey = cuba.claims["president_on_turkey"]
    assert turkey.by == ("Anatoly Dobrynin", "Robert Kennedy", "John F. Kennedy")
    right = cuba.claims["right_by_resolution"]
    assert (right.basis, right.status) == ("oas_resolution", "disputed")
    assert "un_charter" in cuba.norms[right.basis].conflicts_with
    assert cuba.claims["charter_above"].status == "parked"
    assert cuba.claims["quarrels_known"].status == "common_knowledge"
    assert "United States" in cuba.claims["flights_breach_norms"].symmetric_to


def test_3_a_term_has_giver_receiver_act_lead_time_and_verification(cuba):
    """Work on the bases stops (par. 8), removal is seen in one of two ways."""
    halted = cuba.issues["missiles"].levels["halted"]
    assert (halted.giver, halted.receiver, halted.act) == ("ussr", "usa", "halt")
    assert halted.lead_time.median() < 48
    assert halted.verification.hosted_by == "cuba"
    at_sea = cuba.issues["missiles"].levels["removed_at_sea"]
    assert at_sea.verification.hosted_by is None
    disabled = cuba.issues["missiles"].levels["disabled"]
    assert "letters ask for removal" in disabled.readings["usa"].text
    assert disabled.readings["jcs"].as_level == "halted"


def test_3_lead_time_has_a_reason_and_publicity_a_cost_per_audience(cuba):
    """Four to five months because of procedure; dear in public and cheap in private."""
    withdrawn = cuba.issues["jupiters"].levels["withdrawn"]
    months = withdrawn.lead_time.quantile([0.0, 1.0]) / (24 * 365.2425 / 12)
    assert months == pytest.approx([4, 5])
    assert withdrawn.lead_time_reason == "procedure"
    assert withdrawn.condition.startswith("if Turkey is the only obstacle")
    assert withdrawn.visibility == ("public", "private")
    value = cuba.values["usa"]["jupiters"]["withdrawn"]
    # Private, the worst case costs what public costs at the least.
    assert value.audience_cost.quantile([0.05])[0] > -value.worth.quantile([0.05])[0]
    assert cuba.values["nato"]["jupiters"]["withdrawn"].worth.median() < -10


def test_4_a_term_may_concern_another_term(cuba):
    """Silence about the Jupiters is a term of its own, which the private one needs."""
    kept = cuba.issues["secrecy"].levels["kept"]
    assert kept.about == "jupiters"
    assert (kept.giver, kept.receiver) == ("ussr", "usa")
    needs = cuba.issues["jupiters"].levels["withdrawn"].private.requires
    assert [str(level) for need in needs for level in need.one_of] == ["secrecy.kept"]


def test_4_a_term_may_be_given_by_one_whom_the_promiser_does_not_control(cuba):
    """Other states of the hemisphere are promised for, and must consent."""
    given = cuba.issues["hemisphere_assurance"].levels["given"]
    assert given.promised_by == "usa"
    assert cuba.actors[given.giver].kind == "guarantor"
    assert "hemisphere" in {need.consent for need in given.requires}


def test_5_constituencies_press_ratify_and_act_alone(cuba):
    """Generals demand and may lose control; the alliance must pass one issue only."""
    jcs = cuba.actors["jcs"]
    assert len(jcs.demands) == 2
    assert {str(demand.pressure) for demand in jcs.demands} == {"strong"}
    assert jcs.acts_alone
    assert cuba.actors["soviet_military"].acts_alone == ("u2_shot_down",)
    alliance = cuba.ratification["alliance"]
    assert alliance.rule == "veto"
    assert set(alliance.members) == {"nato", "turkey"}
    assert alliance.issues == ("jupiters",)
    assert cuba.actors["cuba"].kind == "absent"


def test_6_standing_orders_have_trigger_response_delegate_and_status(cuba):
    """Each of the four statuses stands in the file of that night."""
    orders = cuba.escalation.standing_orders
    fire_back = orders["fire_back"]
    assert fire_back.status == "proposed"
    assert "low_flight_fired_on" in fire_back.trigger
    assert fire_back.response.climb == 1
    strike = orders["strike_sam"]
    assert strike.status == "overridden"
    assert strike.delay.median() == 2
    assert str(strike.delegate) == "Secretary of Defense"
    assert str(strike.conditions)
    statuses = {order.status for order in orders.values()}
    assert statuses == {"proposed", "in_force", "overridden", "breached"}


def test_7_chains_cross_theatres_and_end_in_losses_on_a_log_scale(cuba):
    """Two chains of par. 7: four links, and five over two theatres to war."""
    first, second = cuba.chains["return_fire"], cuba.chains["bombing"]
    assert (len(first.nodes), len(second.nodes)) == (4, 5)
    assert {node.theatre for node in second.nodes} >= {"Cuba", "Europe"}
    assert not second.is_reversible
    assert isinstance(second.deaths.law, LogUniform)
    assert second.deaths.quantile([0.0])[0] == pytest.approx(2e6)
    assert second.nodes[3].rung == cuba.escalation.war
    assert cuba.escalation.rungs[cuba.escalation.war].calming is None


def test_8_a_channel_has_hops_mandate_scope_access_and_leak_risk(cuba):
    """Two relays that may dilute, a mandate declared and true, principal at hand."""
    channel = cuba.channels["rfk_dobrynin"]
    assert len(channel.hops) == 3
    assert any(hop.can_dilute for hop in channel.hops.values())
    assert "President" in str(channel.mandate.declared)
    assert "authorised" in str(channel.mandate.true)
    assert channel.mandate.scope
    assert channel.mandate.ends
    assert channel.prob_leak.median() > 0
    assert cuba.actors["usa"].people["rfk"].access_latency.median() < 0.5
    assert len(cuba.actors["usa"].people["rfk"].roles) == 3


def test_8_channels_open_and_others_know_of_them(cuba):
    """A telephone number is handed over (par. 13); Scali's talk is known (par. 14)."""
    contact = cuba.contacts["rfk_dobrynin_27oct"]
    assert cuba.channels[contact.opened_channel].opens_at.middle == contact.at.middle
    scali = cuba.channels["scali_feklisov"]
    assert "Robert Kennedy" in scali.known_to
    assert scali.mandate.true.presence == "unknown"
    assert not cuba.channels["direct_link_out"].is_available


def test_9_a_deadline_has_two_hardnesses_and_an_answer_form(cuba):
    """A request for a clear answer within a day, which may still read as a threat."""
    deadline = cuba.deadlines["answer_by_sunday"]
    hours = (deadline.at.middle - cuba.now.middle).total_seconds() / 3600
    assert 0 < hours <= 24
    assert deadline.declared == "request"
    assert "in principle" in deadline.answer_form
    soft, hard = (
        deadline.forms[form].perceived_as_ultimatum for form in ("request", "ultimatum")
    )
    assert soft.quantile([0.0])[0] > 0
    assert soft.quantile([1.0])[0] < hard.quantile([0.0])[0]
    assert cuba.actors["ussr"].refuses_ultimatum.median() >= 0.5


def test_10_a_signal_has_manner_baseline_repetition_and_credibility(cuba):
    """What the observer saw, against what he was used to."""
    assert cuba.signals["time_presses"].repetitions.median() == 4
    upset = cuba.signals["very_upset"]
    assert upset.observer == "Anatoly Dobrynin"
    assert upset.baseline
    hawks = cuba.signals["hawks_in_passing"]
    assert hawks.manner == "said as if in passing"
    assert hawks.credibility.median() < upset.credibility.median()


def test_11_a_document_has_copy_caveat_spans_provenance_and_rights(cable):
    """Copy no. 1, no copies; five spans of three kinds; six steps to the archive."""
    assert str(cable.copy_number) == "1"
    assert cable.caveats == ("making copies is prohibited",)
    assert cable.classification.presence == "unknown"
    kinds = [span.kind for span in cable.spans]
    assert kinds.count("editorial") == 3
    assert kinds.count("machine_mask") == 1
    cut = next(span for span in cable.spans if span.kind == "redaction")
    assert (cut.paragraph, cut.length.median(), cut.unit) == ("14", 1.5, "lines")
    assert len(cable.provenance) == 6
    assert "Not shipped" in cable.rights


def test_11_a_document_has_five_times_each_possibly_unknown(cable):
    """A day without an hour for the drafting; nothing on sending and receipt."""
    times = cable.times
    drafted = times.drafted_at.latest - times.drafted_at.earliest
    assert drafted.total_seconds() == 24 * 3600
    assert times.sent_at.presence == times.received_at.presence == "unknown"
    assert times.happened_at.earliest < times.happened_at.latest
    assert times.read_at.presence == "known"


def test_12_a_compartment_differs_as_told_and_as_was(cuba):
    """Four or five by the cable, nine by name; who was kept out is named too."""
    promise = cuba.compartments["jupiter_promise"]
    assert promise.as_told.quantile([0.0, 1.0]).tolist() == [4, 5]
    assert promise.as_was.median() == len(promise.people) == 9
    assert "Turkey" in promise.kept_out
    assert str(promise.caveat) == "extremely confidential"


def test_13_one_contact_has_several_records(cuba):
    """Three records of the talk of that night share topics that can be compared."""
    records = [
        record
        for record in cuba.records.values()
        if record.contact == "rfk_dobrynin_27oct"
    ]
    assert len(records) == 3
    shared = set.intersection(*(set(record.statements) for record in records))
    assert shared >= {"deal", "lead_time", "deadline"}


def test_the_offers_of_the_day_can_be_written(cuba):
    """What was proposed, over which channel, on which documents, by when."""
    oral = cuba.offers["rfk_oral"]
    assert oral.deadline == "answer_by_sunday"
    assert oral.basis == ("khrushchev_26oct", "kennedy_27oct")
    assert oral.package.terms["jupiters"] == Choice(
        level="withdrawn", visibility="private"
    )
    assert oral.package.terms["missiles"].level == "disabled"
    assert (
        cuba.offers["khrushchev_27oct"].package.terms["jupiters"].visibility == "public"
    )


def test_what_the_cable_leaves_open_is_unknown_or_parked(cuba):
    """The bombers are not in the talk, who fired is not said."""
    assert cuba.issues["bombers"].status == "parked"
    assert "left open" in str(cuba.escalation.incidents["u2_shot_down"].by)
    assert (
        cuba.issues["pledge"].levels["conditional"].verification.by.presence
        == "unknown"
    )
