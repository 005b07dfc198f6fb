"""HTTPS served directly, with an authority made for the test by openssl."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.http_server import closed_port
from underlay.client.errors import Unreachable
from underlay.client.exchange import Tls
from underlay.client.http import Session
from underlay.client.transport import Transport
from underlay.main.serve import check_tls
from underlay.main.server_setup import SetupError
from underlay.main.settings import ServerSettings


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, and server.pem and server.key for 127.0.0.1, and another.key."""
    folder = tmp_path_factory.mktemp("authority")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)

    elliptic = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *elliptic, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test CA")
    openssl("req", *elliptic, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=underlay")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
    openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", *signing)
    openssl("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-out", "another.key")
    return folder


def quantum(url: str, ca_file: str) -> subprocess.CompletedProcess[str]:
    """`quantum net-list` by the administrator."""
    variables = {"OS_AUTH_URL": url, "OS_USERNAME": "admin", "OS_TENANT_NAME": "admin", "OS_PASSWORD": "correct horse"}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from underlay.cli.main import main; sys.exit(main())", "net-list"],
        env={**os.environ, **variables, "OS_CACERT": ca_file},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_clients_verify_the_server_by_its_authority(authority: Path, tmp_path: Path) -> None:
    """With the CA all works, and the catalog says https; without it, or in clear, nothing does."""
    port = closed_port()
    (tmp_path / "underlay.toml").write_text(
        f"[server]\ndatabase = 'sqlite:///{tmp_path}/db.sqlite'\nsecret_file = '{tmp_path}/token.key'\n"
        f"listen_port = {port}\n"
        f"tls_certificate_file = '{authority}/server.pem'\ntls_key_file = '{authority}/server.key'\n"
    )
    command = [sys.executable, "-m", "underlay.main.server", "--config", str(tmp_path / "underlay.toml")]
    subprocess.run([*command, "init", "--password-file", "-"], input=b"correct horse\n", check=True, timeout=60)
    process = subprocess.Popen([*command, "serve"], stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        assert b"serving" in process.stderr.readline()
        url = f"https://127.0.0.1:{port}"
        trusting = Session(url, "", url, transport=Transport(tls=Tls(f"{authority}/ca.pem")))
        assert f"{url}/v2.0/" == trusting.get("/")["versions"][0]["links"][0]["href"]
        for wrong in (url, f"http://127.0.0.1:{port}"):
            with pytest.raises(Unreachable):
                Session(wrong, "", wrong, transport=Transport(attempts=1)).get("/")
        listed, refused = quantum(url, f"{authority}/ca.pem"), quantum(url, "")
        assert (0, 1) == (listed.returncode, refused.returncode), listed.stderr
        assert "certificate" in refused.stderr.lower()
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(10)
    finally:
        process.kill()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()


@pytest.mark.parametrize(
    ("certificate", "key"),
    [("server.pem", "another.key"), ("server.pem", "nothing"), ("nothing", "server.key"), ("names", "")],
)
def test_a_certificate_that_cannot_be_used_is_told_at_the_start(authority: Path, certificate: str, key: str) -> None:
    """Another's key, a missing file, no PEM: one line, which names the files."""
    settings = ServerSettings(
        tls_certificate_file=str(authority / certificate), tls_key_file=str(authority / key) if key else ""
    )
    with pytest.raises(SetupError, match="TLS certificate and key cannot be used"):
        check_tls(settings)


def test_a_key_without_a_certificate_is_told() -> None:
    """Rather than HTTP in clear where HTTPS was meant."""
    with pytest.raises(SetupError, match="no tls_certificate_file"):
        check_tls(ServerSettings(tls_key_file="/some/key"))
