"""dehusk inside other people's pipelines; each needs its own package, and none of them is loaded here.

`batches`, for Hugging Face datasets, Ray Data, Daft and Spark, is imported here; `dehusk.integrations.datatrove`
and `dehusk.integrations.scrapy` by their own names.
"""

from __future__ import annotations

from dehusk.integrations.batches import CleanBatch

__all__ = ["CleanBatch"]
