// The message at the top of the page, for whatever was refused.

const region = document.getElementById("message");

export function showMessage(text) {
  document.getElementById("messageText").textContent = text;
  region.hidden = false;
}

export function hideMessage() {
  region.hidden = true;
}

// Runs an action of the engine; says whether it was accepted.
export function attempt(action) {
  try {
    action();
    return true;
  } catch (problem) {
    showMessage(problem instanceof Error ? problem.message : String(problem));
    return false;
  }
}

document.getElementById("closeMessage").addEventListener("click", hideMessage);
