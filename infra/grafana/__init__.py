"""The dashboard of Grafana: `python -m infra.grafana` writes schoolbell.json from panels.py."""
