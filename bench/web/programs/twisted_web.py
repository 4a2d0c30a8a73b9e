"""twisted.web that says hello, on the port it is given."""

import sys

from twisted.internet import reactor
from twisted.web import resource, server


class Hello(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"content-type", b"text/plain")
        return b"hello"


reactor.listenTCP(int(sys.argv[1]), server.Site(Hello()), interface="127.0.0.1")
reactor.run()
