"""The words of each page, Norwegian first."""
