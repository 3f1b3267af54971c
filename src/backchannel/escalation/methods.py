"""How to solve the escalation model: each method with its settings and its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.uniformisation import STRETCH
from backchannel.escalation.compile import MAX_STATES
from backchannel.escalation.forward import MAX_JUMPS
from backchannel.escalation.problem import MarkovProblem

# Numbers of paths are 32 bits long; the other 32 number the draw.
MAX_REPLICATIONS = 2**32 - 1


@dataclass(frozen=True)
class Uniformisation:
    """Exact solution of the Markov model by randomised jumps.

    `tolerance` bounds the error of every probability in sum over a run (Poisson tails
    left out); `max_states` and `max_jumps` (largest exit rate times horizon) refuse
    models that are too large or too fast; `n_threads` never changes a result, None
    takes all cores.

    Source: Jensen (1953), Skandinavisk Aktuarietidskrift 36, 87-91; Grassmann (1977),
    Computers & Operations Research 4(1), 47-53.
    """

    tolerance: float = 1e-12
    max_states: int = MAX_STATES
    max_jumps: float = MAX_JUMPS
    n_threads: int | None = None

    def __post_init__(self) -> None:
        if not 1e-13 <= self.tolerance <= 1e-3:
            raise MethodError(
                f"tolerance: is {self.tolerance:g}; must lie between 1e-13 and 1e-3"
            )
        if self.max_states < 2:
            raise MethodError(f"max_states: is {self.max_states}; must be 2 or more")
        if not self.max_jumps > 0:
            raise MethodError(f"max_jumps: is {self.max_jumps:g}; must be above 0")
        if self.n_threads is not None and self.n_threads < 1:
            raise MethodError(f"n_threads: is {self.n_threads}; must be 1 or more")

    def tail(self, problem: MarkovProblem) -> float:
        """Poisson probability to leave out in each stretch of a run."""
        return self.tolerance / (len(problem.pieces) + self.max_jumps / STRETCH)


@dataclass(frozen=True)
class Sampled:
    """Independent paths: no list of states, and the laws that the file declares.

    `n_replications` paths are followed in every draw. `delays`: "declared" takes the
    time of each hop, deliberation and delayed order anew from the law of the file (an
    exact number is a fixed time); "exponential" gives it the mean of the draw, as
    `Uniformisation` does. `heat`: "tokens" cool one by one up to their cap; "kernel" is
    a Hawkes process, whose heat decays exponentially and has no cap. `n_threads` never
    changes a result, None takes all cores.

    Source: Anderson (2007), J. Chem. Phys. 127, 214107; Dassios and Zhao (2013),
    Electron. Commun. Probab. 18(62); random numbers by Salmon et al. (2011), SC11.
    """

    n_replications: int = 1000
    delays: Literal["declared", "exponential"] = "declared"
    heat: Literal["tokens", "kernel"] = "tokens"
    n_threads: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.n_replications <= MAX_REPLICATIONS:
            raise MethodError(
                f"n_replications: is {self.n_replications}; must lie between 1 and "
                f"{MAX_REPLICATIONS}"
            )
        if self.delays not in ("declared", "exponential"):
            raise MethodError(
                f"delays: is {self.delays!r}; must be 'declared' or 'exponential'"
            )
        if self.heat not in ("tokens", "kernel"):
            raise MethodError(f"heat: is {self.heat!r}; must be 'tokens' or 'kernel'")
        if self.n_threads is not None and self.n_threads < 1:
            raise MethodError(f"n_threads: is {self.n_threads}; must be 1 or more")


# What takes the place of the exact solution where a model is too large to be listed:
# the same delays and the same heat, so that only noise is added.
AS_EXACT = Sampled(delays="exponential", heat="tokens")
