from challenges.models.calendar_feed import CalendarFeed
from challenges.models.challenge import Challenge
from challenges.models.choice import Choice
from challenges.models.habit import Habit
from challenges.models.participation import Participation
from challenges.models.plan import Plan
from challenges.models.step import Step

__all__ = ["CalendarFeed", "Challenge", "Choice", "Habit", "Participation", "Plan", "Step"]
