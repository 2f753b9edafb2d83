"""Matching of mentees and mentors: people and rules in; pairs, reasons and a proof out. Stands alone."""

from matching.amend import Amended, Change, TooFewChanges, amend
from matching.assignment import AssignmentResult, assign
from matching.certificate import Certificate
from matching.checkpoints import ReviewSlot, review
from matching.circle_terms import CircleRules
from matching.circles import CircleResult, circle, circle_rounds
from matching.csv_groups import GROUP_COLUMNS, write_groups
from matching.csv_people import BadRow, CsvPeople, read_people, write_pairs
from matching.gaming import FewerHours, fewer_hours, gaming_check
from matching.joint import Joint, choose_jointly
from matching.left_out import LeftOut
from matching.pair_verification import verify_pairs
from matching.pairing import PairResult, after_meeting, pair, pair_rounds
from matching.pairs_proof import PairsProof
from matching.peers import Exchange, Shared, exchange, meetings, reciprocal_scores, shared
from matching.people import Expert, Person
from matching.planning import Plan, people_problem, plan
from matching.planning_amended import AmendedPlan, PersonChange, plan_amended
from matching.planning_tied import TiedPlan, plan_tied
from matching.problem import AssignmentProblem, InfeasibleMinimum
from matching.progress import Cancelled, Progress
from matching.proof_file import Proof
from matching.reasons import Pair, Reason
from matching.repair import Repair, cheapest_repair
from matching.review_gaps import ReviewGap, review_gaps
from matching.review_needs import ReviewNeed, ReviewPolicy, missing_hours, review_needs
from matching.reviewers import Reviewers
from matching.rotation import PeerRound, circles_in_turn, pairs_in_turn
from matching.ruled import RuledResult, assign_within
from matching.rules import Rules
from matching.scoring import ScoreMatrix, score_matrix
from matching.side_rules import ImpossibleRules, Lock, Quota, SideRules
from matching.ties import GroupQuota, Ties, freed, side_rules
from matching.verification import Verification, verify
from matching.week import local_week, utc_week
from matching.what_if import Forced, blocking_pairs, force
from matching.windows import HOURS, Window, windows

__all__ = [
    "GROUP_COLUMNS",
    "HOURS",
    "Amended",
    "AmendedPlan",
    "AssignmentProblem",
    "AssignmentResult",
    "BadRow",
    "Cancelled",
    "Certificate",
    "Change",
    "CircleResult",
    "CircleRules",
    "CsvPeople",
    "Exchange",
    "Expert",
    "FewerHours",
    "Forced",
    "GroupQuota",
    "ImpossibleRules",
    "InfeasibleMinimum",
    "Joint",
    "LeftOut",
    "Lock",
    "Pair",
    "PairResult",
    "PairsProof",
    "PeerRound",
    "Person",
    "PersonChange",
    "Plan",
    "Progress",
    "Proof",
    "Quota",
    "Reason",
    "Repair",
    "ReviewGap",
    "ReviewNeed",
    "ReviewPolicy",
    "ReviewSlot",
    "Reviewers",
    "RuledResult",
    "Rules",
    "ScoreMatrix",
    "Shared",
    "SideRules",
    "TiedPlan",
    "Ties",
    "TooFewChanges",
    "Verification",
    "Window",
    "after_meeting",
    "amend",
    "assign",
    "assign_within",
    "blocking_pairs",
    "cheapest_repair",
    "choose_jointly",
    "circle",
    "circle_rounds",
    "circles_in_turn",
    "exchange",
    "fewer_hours",
    "force",
    "freed",
    "gaming_check",
    "local_week",
    "meetings",
    "missing_hours",
    "pair",
    "pair_rounds",
    "pairs_in_turn",
    "people_problem",
    "plan",
    "plan_amended",
    "plan_tied",
    "read_people",
    "reciprocal_scores",
    "review",
    "review_gaps",
    "review_needs",
    "score_matrix",
    "shared",
    "side_rules",
    "utc_week",
    "verify",
    "verify_pairs",
    "windows",
    "write_groups",
    "write_pairs",
]
