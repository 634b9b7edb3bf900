"""The Copydesk console: one folder per area, in the order of a policy's life."""

import os

# One BLAS thread per process: requests and jobs bring their own concurrency, and idle BLAS threads spin.
# Read by numpy when it is first imported, hence here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
