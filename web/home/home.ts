// The landing page where the dashboard is off.
import { startWelcome } from "./welcome.ts";

startWelcome();
