"""The ways the room of decisions says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class RecommendationNotFound(NotFound):
    """There is no such recommendation, or you may not see it."""


class CaseNotFound(NotFound):
    """There is no such case, or you may not see it."""


class DecisionNotFound(NotFound):
    """There is no such decision, or you may not see it."""


class LetterTooEarly(Conflict):
    """This letter cannot be drafted yet.

    Record what comes before it first: {needed}."""


class LetterOfOwnCase(Forbidden):
    """The letters of one's own case are drafted by others."""


class NothingToRecommend(Conflict):
    """The facts call for no recommendation.

    No tier or step has been reached, nothing was referred, or no rule set is loaded for this employment type."""


class RewardNoLongerHolds(Conflict):
    """The facts of now do not carry this reward.

    Have the rewards of the period proposed again, and look at the list."""


class RecommendationNotDue(Conflict):
    """The facts of now do not call for this any more.

    It is taken back soon; read the person's recommendations again."""


class RecommendationSettled(Conflict):
    """This recommendation is not open any more.

    It is {state}; read it again."""


class OutcomeNotForKind(Invalid):
    """That is no outcome for this kind of recommendation.

    A recommendation of kind {kind} is settled otherwise."""


class ConductWithoutSanctions(Conflict):
    """No table of sanctions for conduct is loaded, so no case can be opened on it.

    The tiers of absence are never applied to conduct: record the talk that was held, or decline with a reason."""


class CaseRunning(Conflict):
    """A case about this person is not decided yet.

    Take the further days up into case {case_id}: several violations are punished once, by the heaviest."""


class ProcedureMissing(Conflict):
    """The policy says nothing about the procedure.

    Under {policy} no case can be opened: load a policy with a procedure first."""


class StepNotPossible(Conflict):
    """The case has not come to this step, or is past it.

    {step} cannot follow now; possible next: {possible}."""


class StepOutOfOrder(Invalid):
    """The day does not fit the course of the case.

    It lies between {earliest} and {latest}."""


class TeamRequired(Conflict):
    """A team must examine this.

    For a violation of this severity record the team's formation first."""


class ReportRequired(Conflict):
    """A report of the examination is needed.

    For a sanction of this severity record the report of the examination first."""


class SuspensionOnlyForSevere(Conflict):
    """Only where a severe sanction is likely can somebody be suspended from office."""


class DaysNotInCase(Invalid):
    """A decision rests on days of its case alone.

    Not among them: {days}."""


class DaysExplainedSince(Conflict):
    """Some of these days are explained by now.

    No longer without explanation: {days}. Decide on the others."""


class HeavierThanDays(Conflict):
    """The days that were found do not carry this sanction.

    {found} days carry {carried} at most."""


class PunishedAlready(Conflict):
    """One violation is punished once.

    A standing decision rests on these days already, or is as heavy: {code}."""


class VariantNotPossible(Invalid):
    """This sanction does not exist in that variant."""


class VariantNotInForce(Conflict):
    """The sanction had another name when this happened.

    On {day} it was that of variant {variant}."""


class SanctionUnknown(Invalid):
    """There is no such tier in the rule set of this case.

    Known: {known}."""


class SanctionPeriodMissing(Invalid):
    """Say how many months the sanction runs.

    The rule set does not say it for this variant; the signed letter does."""


class WrongRemedy(Conflict):
    """Another remedy is open against this decision.

    Against it there is {remedy}."""


class RemedyTooLate(Conflict):
    """The time for this remedy has passed.

    It could be filed until {until}."""


class NotCompetent(Forbidden):
    """Only the competent official decides, or the personnel office records the signed letter."""


class NotYourCase(Forbidden):
    """Only the person concerned or the personnel office files this."""
