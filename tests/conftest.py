"""How every property test runs: a busy machine makes no test fail."""

from hypothesis import HealthCheck, settings

settings.register_profile("underlay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("underlay")
