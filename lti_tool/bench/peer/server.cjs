// An LTI tool made with ltijs, as its own documentation says, on SQLite: what `veranderkracht bench launch` measures beside ours.
// The platform's key is given, not fetched: ours has it in its cache too.
const { Provider } = require("ltijs");
const Database = require("ltijs-sequelize");

const { port, storage, issuer, clientId, key, secret } = JSON.parse(process.env.VK_BENCH_PEER);

async function serve() {
  const plugin = new Database("bench", "", "", { dialect: "sqlite", storage, logging: false });
  const cookies = { secure: false, sameSite: "" };
  Provider.setup(secret, { plugin }, { appRoute: "/lti/launch", loginRoute: "/lti/login", cookies, devMode: false });
  Provider.onConnect((_token, _request, response) => response.send("<!doctype html><title>ltijs</title><p>ok"));
  await Provider.deploy({ port, silent: true });
  await Provider.registerPlatform({
    url: issuer,
    name: "bench",
    clientId,
    authenticationEndpoint: `${issuer}/auth`,
    accesstokenEndpoint: `${issuer}/token`,
    authConfig: { method: "RSA_KEY", key },
  });
  console.log("ready");
}

serve().catch((fault) => {
  console.error(fault);
  process.exit(1);
});
