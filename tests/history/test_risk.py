"""What history says about waiting, orders and messages: directions, nothing fitted.

All runs use 300 draws of seed 1962; see test_deal.
"""

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.escalation import Variation, chain_reach, simulate_escalation
from tests.history.night import N_DRAWS, SEED, channels, night, varied

HOUR = 1.0
UP_TO_ROUNDING = 1e-12


@pytest.fixture(scope="module")
def escalation():
    return night().escalation


def trip(offer, reply):
    """One exchange of the channel plan."""
    return next(
        t for t in channels().round_trips if (t.offer, t.reply) == (offer, reply)
    )


def lever(name):
    """What a lever does to P(war), draw by draw."""
    return next(e for e in night().escalation.levers if e.name == name).difference


def test_waiting_is_dangerous_and_the_estimates_differ_widely(escalation):
    """Risk rises every hour; its band is wide, as those who were there differed."""
    mean = escalation.prob_war.mean(axis=0)
    assert (np.diff(mean) >= 0).all()
    assert mean[-1] > mean[24] > mean[1] > 0
    low, high = np.quantile(escalation.prob_war[:, -1], [0.05, 0.95])
    assert high > 5 * low


def test_the_night_is_quieter_than_the_day(escalation):
    """Flights are shot at by day: P(climbing) grows faster once it is light."""
    hours = escalation.hours
    above = 1 - escalation.nominal.by_rung[:, 0]
    before_dawn = np.searchsorted(hours, 10.0)
    dusk = np.searchsorted(hours, 22.0)
    assert above[dusk] - above[before_dawn] > 0


def test_o1_given_starts_chain_1_within_its_lead_time():
    """The strike on the battery has fire exchanged within two hours, on average."""
    given = varied(("escalation.standing_orders.strike_sam.status", "in_force"))
    hours = (2.0, 6.0)
    runs = {
        crisis.digest: simulate_escalation(
            crisis, draws=draw_numbers(crisis, 20, SEED), hours=hours
        )
        for crisis in (given, night().crisis)
    }
    struck, held = (
        1 - runs[c.digest].nominal.by_rung[:, 0] for c in (given, night().crisis)
    )
    # Two hours are its mean: 1 - 1/e of the cases in which it fires at all.
    assert struck[0] > 0.4
    assert struck[1] > 0.6
    assert held[1] < 0.2


def test_o1_given_makes_chain_2_reachable_and_likelier():
    """From bombing over wounded specialists to a reply in Europe and war."""
    crisis = night().crisis
    held = chain_reach(crisis, "bombing")
    given = Variation(orders={"strike_sam": True})
    struck = chain_reach(crisis, "bombing", variation=given)
    assert struck.is_reachable
    assert struck.prob[-1] > held.prob[-1]
    assert (lever("strike_sam=in_force") > 0).all()


def test_chain_1_waits_for_the_order_that_was_considered():
    """Fire back is proposed and not given: its chain cannot run until it is."""
    crisis = night().crisis
    assert not chain_reach(crisis, "return_fire").is_reachable
    given = Variation(orders={"fire_back": True})
    assert chain_reach(crisis, "return_fire", variation=given).prob[-1] > 0
    assert (lever("fire_back=in_force") > 0).all()


def test_restraint_lowers_the_risk():
    """Following submarines, holding guns and raids, a lower alert: never more war."""
    for name in (
        "submarine_hunt=shadow",
        "cuban_guns=hold",
        "exile_raids=reined_in",
        "sac_alert=defcon_3",
        "nuclear_torpedo=overridden",
        "sams_fire=overridden",
    ):
        assert (lever(name) <= UP_TO_ROUNDING).all(), name


def test_release_of_nuclear_weapons_raises_the_risk():
    """The order from Moscow against use without its word was worth having."""
    assert (lever("nuclear_release=delegated") >= -UP_TO_ROUNDING).all()
    assert lever("nuclear_release=delegated").mean() > 0


def flight_incidents(setting):
    """Incidents per day with flights at one setting, at the medians of the file."""
    incidents = night().crisis.escalation.incidents
    total = 0.0
    for name in ("u2_shot_down", "low_flight_fired_on"):
        factors = incidents[name].by_posture["overflights"]
        factor = factors[setting].median() if setting in factors else 1.0
        total += 24 * incidents[name].hazard.median() * factor
    return total


def test_no_monitoring_trades_incidents_for_ignorance():
    """Fewer flights, fewer incidents and less war; but fewer breaches are seen."""
    settings = ("suspended", "high_only", "all")
    rates = [flight_incidents(setting) for setting in settings]
    assert rates[0] == 0
    assert rates[0] < rates[1] < rates[2]
    assert (lever("overflights=suspended") <= UP_TO_ROUNDING).all()
    assert lever("overflights=suspended").mean() < lever("overflights=high_only").mean()
    # The other side: flights are the only quick source, so sight falls with them.
    halted = night().crisis.issues["missiles"].levels["halted"]
    assert "only quick source" in halted.verification.means
    shares = np.linspace(0, 1, 5)
    unseen = 1 - shares * halted.verification.prob_detection.median()
    assert (np.diff(shares * rates[2]) > 0).all()
    assert (np.diff(unseen) < 0).all()
    assert unseen[0] == 1


def test_the_loop_of_the_night_takes_about_half_a_day():
    """By cipher and radio: the 14.3 h of history lie within the band."""
    loop = trip("rfk_dobrynin", "radio_moscow")
    assert loop.hours_band.low < 14.3 < loop.hours_band.high
    assert loop.is_available


def test_the_link_of_1963_cuts_the_way_to_minutes():
    """What is left of the loop is deliberation; most of the risk of waiting goes."""
    then = trip("rfk_dobrynin", "radio_moscow")
    link = trip("direct_link_out", "direct_link_back")
    thought = night().draws[night().crisis.actors["ussr"].deliberation]
    assert (link.hours - thought).max() <= HOUR
    assert (then.hours - thought).min() > 5 * HOUR
    assert link.kind == "lever"
    assert link.prob_war.mean() < then.prob_war.mean()
    assert then.share_in_transit > 0.5 > link.share_in_transit


def test_a_reply_by_cipher_misses_the_deadline_on_the_tail():
    """21 to 25 h after the offer: mostly in time, and not always; radio always is."""
    cipher = trip("rfk_dobrynin", "reply_by_cipher")
    assert 21 <= cipher.hours_band.median <= 25
    reach = next(r for r in cipher.reaches if r.deadline == "answer_by_sunday")
    assert reach.hours == pytest.approx(24)
    assert 0.5 < reach.prob_in_time < 1
    by_radio = trip("rfk_dobrynin", "radio_moscow").reaches[0]
    assert by_radio.prob_in_time == 1
    assert by_radio.latest_likely > reach.latest_likely


def test_hardness_as_perceived_is_a_parameter():
    """Request (cable) or statement of fact (memoir): the second is refused more."""
    forms = {f.form: f for f in channels().forms if f.deadline == "answer_by_sunday"}
    request, ultimatum = forms["request"], forms["ultimatum"]
    assert request.is_declared
    assert not ultimatum.is_declared
    assert request.prob_refused.median < ultimatum.prob_refused.median
    assert request.prob_settled > ultimatum.prob_settled
    assert request.prob_war < ultimatum.prob_war


def test_softer_reading_settles_more():
    """The same request, never taken for an ultimatum, settles more often."""
    soft = varied(
        (
            "deadlines.answer_by_sunday.forms.request.perceived_as_ultimatum",
            {"value": 0, "source": "CABLE", "certainty": "stated"},
        )
    )
    reading = soft.deadlines["answer_by_sunday"].forms["request"]
    assert reading.perceived_as_ultimatum.median() == 0
    known = night()
    perceived = known.crisis.deadlines["answer_by_sunday"].forms["request"]
    declared = next(f for f in channels().forms if f.is_declared)
    refused = known.draws[perceived.perceived_as_ultimatum]
    refused = refused * known.draws[known.crisis.actors["ussr"].refuses_ultimatum]
    assert declared.prob_refused.median == pytest.approx(np.median(refused))
    assert declared.prob_refused.median > 0


def test_results_pass_their_own_checks(escalation):
    """Certificates of all answers hold."""
    known = night()
    assert escalation.n_draws == N_DRAWS
    assert escalation.certificate.is_verified
    assert known.settlements.certificate.is_verified
    assert channels().certificate.is_verified
