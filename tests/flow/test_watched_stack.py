"""What a running stack tells of itself: metrics, a trace from request to frame, JSON lines."""

import json
import os
import signal
import time
from uuid import uuid4

import httpx
import psutil
import pytest

from core.metrics import table
from core.metrics.row import Kind
from core.tracing.ids import trace_of
from tests.collector import Collector, read, read_all, total
from tests.portal import Person, listening
from tests.servers import RunningStack, wait_for

OURS = ("web", "worker", "worker-2", "relay", "beat")


@pytest.fixture(scope="module", autouse=True)
def _something_happened(stack: RunningStack, collector: Collector) -> None:
    """The stack has a homework's way behind it, and a backup."""
    collector.spans.clear()  # those of the tests before
    tell_a_class(stack)
    back_up(stack)


def tell_a_class(stack: RunningStack) -> None:
    with (
        Person(stack.base_url, "teacher@oakwood.example") as teacher,
        Person(stack.base_url, "student3@oakwood.example") as student,
        listening(student) as tab,
    ):
        before = mails(stack)
        teacher.publish(teacher.draft("Watched"))
        wait_for(lambda: "New homework: Watched" in tab.titles(), seconds=20)
        wait_for(lambda: mails(stack) >= before + 60, seconds=30, what="60 mails")


def back_up(stack: RunningStack) -> None:
    with Person(stack.base_url, "operator@schoolbell.example") as operator:
        operator.post("/api/ops/backups").raise_for_status()
    size = table.BACKUP_SIZE.full_name
    wait_for(lambda: total(read_all(stack), size) > 0, seconds=60, what="a backup")


def mails(stack: RunningStack) -> float:
    return total(read_all(stack), "schoolbell_mails_total", outcome="sent")


def test_every_metric_of_the_table_shows(stack: RunningStack) -> None:
    shown = {sample.name for metric in read_all(stack) for sample in metric.samples}
    parts = {Kind.HISTOGRAM: ("_bucket", "_sum", "_count")}
    wanted = {row.full_name + part for row in table.ROWS for part in parts.get(row.kind, ("",))}
    assert wanted - shown == set()
    assert {name for name in shown if name.startswith("schoolbell_")} == wanted


def test_what_happened_was_counted(stack: RunningStack) -> None:
    told = read_all(stack)
    handler = {"handler": "email.mail_class"}
    assert total(told, "schoolbell_deliveries_total", **handler, outcome="done") >= 61
    assert total(told, "schoolbell_delivery_wait_seconds_count", **handler) >= 1
    assert total(told, "schoolbell_handler_run_seconds_sum", **handler) > 0
    assert total(told, "schoolbell_live_lag_seconds_count") >= 1
    publish = {"method": "POST", "route": "api/homework/<int:homework_id>/publish"}
    assert total(told, "schoolbell_http_requests_total", **publish, status="2xx") >= 1
    assert total(told, "schoolbell_up") == 3
    by_django = read(f"{stack.base_url}/metrics")
    assert total(by_django, "schoolbell_http_requests_total", **publish) >= 1


def test_paths_of_nothing_share_one_label(stack: RunningStack) -> None:
    for _ in range(20):
        assert httpx.get(f"{stack.base_url}/nothing/{uuid4()}").status_code == 404
    httpx.request("BREW", f"{stack.base_url}/coffee")
    found = [
        sample.labels
        for metric in read(f"{stack.base_url}/metrics")
        for sample in metric.samples
        if sample.name == "schoolbell_http_requests_total"
    ]
    assert sum(labels["status"] == "4xx" and labels["route"] == "none" for labels in found) <= 2
    assert not any("/nothing" in labels["route"] for labels in found)
    assert "BREW" not in {labels["method"] for labels in found}


def test_one_trace_from_the_request_to_the_frame(stack: RunningStack, collector: Collector) -> None:
    wait_for(lambda: bool(collector.named("frame")), seconds=20, what="a span of a frame")
    ways = [collector.way_of(frame) for frame in collector.named("frame")]
    assert [
        "POST api/homework/<int:homework_id>/publish",
        "publish HomeworkPublished",
        "claim notices.notify_class",
        "run notices.notify_class",
        "broadcast",
        "frame",
    ] in ways
    nudge = collector.named("nudge notices.notify_class")[0]
    assert collector.way_of(nudge)[-2:] == [
        "publish HomeworkPublished",
        "nudge notices.notify_class",
    ]
    ids = [(span["traceId"], span["spanId"]) for span in collector.spans]
    assert len(ids) == len(set(ids))


def test_logs_are_an_object_a_line_with_ids(stack: RunningStack) -> None:
    request_id = uuid4().hex
    httpx.get(f"{stack.base_url}/api/nothing", headers={"X-Request-ID": request_id})
    lines = [
        json.loads(line)
        for name in OURS
        for line in (stack.home / "log" / f"{name}.log").read_text().splitlines()
    ]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, lines))
    loggers = {line["logger"] for line in lines}
    assert {"uvicorn.error", "celery.apps.worker", "celery.beat", "tasks.relay"} <= loggers
    traces = {line["trace"] for line in lines if line.get("request") == request_id}
    assert traces == {f"{trace_of(request_id):032x}"}


def test_a_frozen_redis_is_told_of_at_once(stack: RunningStack) -> None:
    stack.send("redis", signal.SIGSTOP)
    try:
        time.sleep(5.1)  # what was seen is told again for five seconds
        began = time.monotonic()
        told = read(f"{stack.base_url}/metrics")
        assert time.monotonic() - began < 2
    finally:
        stack.send("redis", signal.SIGCONT)
    assert total(told, "schoolbell_up", part="redis") == 0
    assert total(told, "schoolbell_up", part="database") == 1
    assert "schoolbell_redis_clients" not in {metric.name for metric in told}
    assert total(told, "schoolbell_queue_workers", queue="email") >= 1


def test_a_killed_process_takes_nothing_with_it(stack: RunningStack) -> None:
    folder = stack.home / "run" / "worker.metrics"
    before, files = mails(stack), set(folder.iterdir())
    main = psutil.Process(stack.process("worker"))
    for child in main.children():
        os.kill(child.pid, signal.SIGKILL)
    tell_a_class(stack)
    assert mails(stack) >= before + 60
    assert set(folder.iterdir()) == files
