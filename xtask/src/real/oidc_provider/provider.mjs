// An OpenID provider for the tests: whoever signs in is who they say they are.
import Provider from "oidc-provider";

const { PORT, SECRET } = process.env;

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [
    {
      client_id: "understudy",
      client_secret: SECRET,
      redirect_uris: ["http://portal.test/sign-in/provider/callback"],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  // The claims that were asked for stand in the identity token.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: `id-of-${id}`,
      preferred_username: id,
      groups: id.startsWith("lead") ? ["leads"] : ["testers"],
    }),
  }),
  features: { devInteractions: { enabled: true } },
  cookies: { keys: [SECRET] },
});

provider.listen(Number(PORT), "127.0.0.1");
