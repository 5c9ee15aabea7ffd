"""Events as Moment would publish them: a company of any size, or the committed sample in `events/`."""

from local.sample.files import sample_files, write_sample
from local.sample.generate import generate

__all__ = ["generate", "sample_files", "write_sample"]
