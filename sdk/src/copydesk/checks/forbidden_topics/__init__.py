"""Forbidden topics: block terms through an automaton, and a head per topic trained on its examples."""

from copydesk.checks.forbidden_topics.engine import ForbiddenTopicsCheck, compile_check
from copydesk.checks.forbidden_topics.training import TopicReport, topic_report, train_heads

__all__ = ["ForbiddenTopicsCheck", "TopicReport", "compile_check", "topic_report", "train_heads"]
