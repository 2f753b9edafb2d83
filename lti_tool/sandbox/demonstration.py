"""The demo's sandbox: the fixed registration of Peer Mentor and the demo's two courses."""

from lti_tool.sandbox.config import SandboxConfig, ToolRegistration
from lti_tool.sandbox.people import ADMIN, COURSES

CLIENT_ID = "peer-mentor-demo"
DEPLOYMENT_ID = "1"
RECORD_STORE_LOGIN = ("peer-mentor", "for the demo only")


def demo_tool(tool_url: str = "http://localhost:8000") -> ToolRegistration:
    """Peer Mentor as the sandbox knows it; ``tool_url`` without a slash at the end."""
    return ToolRegistration(
        client_id=CLIENT_ID,
        name="Peer Mentor",
        login_url=f"{tool_url}/lti/login",
        redirect_uris=(f"{tool_url}/lti/launch",),
        target_link_uri=f"{tool_url}/lti/launch",
        deep_linking_url=f"{tool_url}/lti/launch",
        jwks_url=f"{tool_url}/lti/jwks",
        deployment_id=DEPLOYMENT_ID,
        custom={"context_id_history": "$Context.id.history", "link_id_history": "$ResourceLink.id.history"},
    )


def demo_config(
    issuer: str = "http://127.0.0.1:8001",
    tool_url: str = "http://localhost:8000",
    database_url: str = "sqlite://",
) -> SandboxConfig:
    return SandboxConfig(
        issuer=issuer,
        database_url=database_url,
        tools=(demo_tool(tool_url),),
        courses=COURSES,
        visitors=(ADMIN,),
        record_store_login=RECORD_STORE_LOGIN,
    )
