"""What a Schoolbell worker of the benchmark runs."""

from tasks import worker
from tests.bench.schoolbell import BULK, TELL, TELL_IN_BULK, TOUCH

for each in (TOUCH, BULK, TELL, TELL_IN_BULK):
    worker.register(each)
