"""docker-compose.yml and the Kubernetes manifests say the same, and leave nothing out."""

import re
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import pytest
import yaml

from core.deploy_check import StackEnv
from core.env import Env
from tasks.app import QUEUES

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
VARIABLE: Final = re.compile(r"\$\{(\w+)")
KUBERNETES: Final = "1.31"
MANIFESTS: Final = sorted((ROOT / "infra/kubernetes").glob("*.yaml"))
BASES: Final = {
    "debian:bookworm-slim",
    "python:3.11-slim-bookworm",
    "postgres:16-bookworm",
    "redis:7-bookworm",
    "nginx:1.28-bookworm",
}


def documents() -> list[dict[str, Any]]:
    """All objects of the manifests."""
    return [
        each
        for file in MANIFESTS
        for each in yaml.safe_load_all(file.read_text())
        if each["kind"] != "Kustomization"
    ]


def deployments() -> dict[str, dict[str, Any]]:
    """The one container of each deployment."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]["containers"][0]
        for each in documents()
        if each["kind"] == "Deployment"
    }


def queues(commands: list[list[str]]) -> list[str]:
    """What the workers of these commands serve."""
    return [queue for kind, *rest in commands if kind == "worker" for queue in rest[0].split(",")]


def examples() -> set[str]:
    """The variables that .env.example knows."""
    return set(re.findall(r"\b[A-Z][A-Z0-9_]{3,}\b", (ROOT / ".env.example").read_text()))


def test_every_variable_is_in_the_example() -> None:
    used = set(VARIABLE.findall((ROOT / "docker-compose.yml").read_text()))
    read = {name.upper() for name in (*Env.model_fields, *StackEnv.model_fields)}
    assert (used | read) - examples() == set()


def test_every_queue_has_a_worker() -> None:
    of_compose = [each["command"] for each in SERVICES.values() if "command" in each]
    of_kubernetes = [each["args"] for each in deployments().values() if "args" in each]
    assert sorted(queues(of_compose)) == sorted(QUEUES)
    assert sorted(queues(of_kubernetes)) == sorted(QUEUES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_be_watched_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["networks"][0] == "inside"
    assert ("ports" in service) == (name == "nginx")
    if service.get("restart") != "no" and name != "mail":
        assert "healthcheck" in service
        assert service["restart"] == "unless-stopped"
    if "migrate" not in name:
        assert "mem_limit" in service or service["restart"] == "no"


def test_only_pinned_bases_are_used() -> None:
    recipe = (ROOT / "infra/docker/Dockerfile").read_text()
    stages = set(re.findall(r"^FROM \S+ AS (\w+)", recipe, re.MULTILINE))
    built_on = set(re.findall(r"^FROM (\S+)", recipe, re.MULTILINE)) - stages
    run = {each["image"] for each in SERVICES.values() if "build" not in each}
    taken = {image for image in run if not image.startswith("schoolbell/")}
    assert built_on | taken == BASES


@pytest.mark.parametrize("document", documents(), ids=lambda each: each["metadata"]["name"])
def test_kubernetes_takes_the_manifest(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_kubernetes_runs_what_compose_runs() -> None:
    servers = {"postgres", "redis", "mail", "static", "migrate", "beat-2"}
    of_kubernetes = {
        name: (each["image"], each.get("args", [])) for name, each in deployments().items()
    }
    of_compose = {
        name: (each["image"].partition(":")[0], each.get("command", []))
        for name, each in SERVICES.items()
        if name not in servers
    }
    of_compose["web"] = (of_compose["web"][0], ["web"])  # what the image does by itself
    assert of_kubernetes == of_compose


def test_workers_are_scaled_by_the_age_of_what_waits() -> None:
    scaled = {
        each["metadata"]["name"]: {
            metric["external"]["metric"]["selector"]["matchLabels"]["queue"]
            for metric in each["spec"]["metrics"]
            if metric["type"] == "External"
        }
        for each in documents()
        if each["kind"] == "HorizontalPodAutoscaler"
    }
    assert scaled == {
        "web": set(),
        "worker-email": {"email"},
        "worker-default": {"notices", "files", "imports"},
        "worker-reports": {"reports"},
    }
