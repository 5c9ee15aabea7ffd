"""Xledger writes and reads times as they stand on a wall in Central Europe."""

from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
