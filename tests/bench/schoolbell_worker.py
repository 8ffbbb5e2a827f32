"""What a Schoolbell worker of the benchmark runs."""

from tasks import worker
from tests.bench.schoolbell import BULK, TELL, TOUCH

for each in (TOUCH, BULK, TELL):
    worker.register(each)
