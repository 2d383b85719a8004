import "../style/index.css";
import { createRoot } from "react-dom/client";
import { Site } from "./site";
import { loadSession } from "./session";

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<Site />);
void loadSession();
