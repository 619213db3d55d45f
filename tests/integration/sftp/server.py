"""An SFTP server on loopback for one folder: prints its port and the fingerprint of its key as JSON, and serves until it is ended."""

import asyncio
import json
import sys

import asyncssh

ROOT, PASSWORD = sys.argv[1:3]


class OneUser(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return username == "planner" and password == PASSWORD


async def serve():
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=OneUser,
        server_host_keys=[key],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=ROOT),
    )
    print(json.dumps({"port": server.get_port(), "host_key": key.get_fingerprint()}), flush=True)
    await server.wait_closed()


asyncio.run(serve())
