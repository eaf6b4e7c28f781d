"""Which words of a clinical text deny, remember, suppose, or speak of somebody else? The lists, own work.

A blank stands for any white space. A line is a phrase or a small regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["CUES", "PSEUDO", "STOPS", "VERB", "pattern"]


def pattern(lines: str | Iterable[str]) -> re.Pattern[str]:
    """One expression for all phrases, the longest first. ~ begins one that may stand directly behind a word."""
    phrases = [line.strip() for line in (lines.strip().splitlines() if isinstance(lines, str) else lines)]
    phrases = sorted((p.replace(" ", r"\s+") for p in phrases if p), key=lambda p: (-len(p), p))
    free = "|".join(p for p in phrases if p[0] != "~")
    behind = "".join(f"|{p[1:]}" for p in phrases if p[0] == "~")
    return re.compile(rf"(?:(?<![\w-])(?:{free}){behind})(?!\w)", re.IGNORECASE)


# They look like a denial and are none, or deny something else than what follows.
PSEUDO = pattern(
    r"""
    no (?:significant |major |further |interval |appreciable )?(?:change|changes|increase|decrease|improvement|progression|worsening|regression)(?: in| of)?
    not (?:only|just|merely|necessarily)
    no longer (?:than|needs?|required?)
    gram[- ]negative
    without (?:difficulty|complications?|success|response|improvement|treatment|effect|any improvement|relief|support|assistance|help|aid|contrast)
    not (?:been )?(?:respond|responding|responded|improve|improved|relieved|resolve|resolved|controlled|treated|known why|certain (?:if|whether))
    (?:did|does|do|could|can|would) not (?:respond|improve|resolve|subside|help|walk|stand|speak|consent|accept|tolerate|follow|take|seek|attend|control|identify|know|talk|sit|hear|see|eat|feed|sleep|close|open|move|recognize|recall|remember)
    cannot (?:walk|stand|speak|sit|be (?:excluded|ruled out))
    (?:could|can) not be (?:excluded|ruled out)
    (?:could|can|did|does|do|was|were|is) not (?:be )?(?:rule|ruled|exclude|excluded)(?: out)?
    no (?:sooner|doubt|wonder|treatment|therapy|medication|relevant treatment)
    not (?:drain|due|to|because|until|yet|as|so)
    no (?:cause|aetiology|etiology|reason|explanation|specific cause|known cause|identifiable cause) (?:of|for|was)
    with or without
    whether or not
    negative (?:pressure|feelings?|emotions?|symptoms|affect|thoughts?|inotropic|impact|effects?)
    no (?:response|relief|benefit|effect|success)
    nor (?:improve|respond)
    not (?:been )?(?:taking|compliant|well|clearly|adequately|fully|completely|sure|clear|able|tolerate|tolerated|optimal|ideal|helped|help|worse|worsened|better)
    no (?:better|worse|further treatment|further workup|intervention|indication|need|reason|plan|plans)
    not (?:need|needed|require|required|want|wish|receive|received|undergo|given|used)
    no(?:\.|°) ?\d+
    not (?:a )?candidate
    """
)

# kind -> where it reaches -> phrases
# "uncertain" is no status: a suspected finding is a finding with a hedge.
CUES: dict[tuple[str, str], re.Pattern[str]] = {
    ("negation", "after"): pattern(
        r"""
        no
        not
        non
        none
        nor
        neither
        never
        without
        w/o
        lack of
        lacks?
        lacked
        lacking
        absence of
        absent
        den(?:y|ies|ied|ying)
        denial of
        negative for
        negatives? (?:include|included|were|are)
        free (?:of|from)
        ruled out
        excluded
        fail(?:s|ed)? to (?:show|reveal|demonstrate|identify|detect|disclose|find)
        failure to (?:show|reveal|demonstrate|identify|detect|disclose|find)
        unremarkable for
        cannot (?:be )?(?:see|seen|identify|identified|detect|detected)
        didn['’`´]t
        wasn['’`´]t
        weren['’`´]t
        doesn['’`´]t
        isn['’`´]t
        hasn['’`´]t
        hadn['’`´]t
        cannot
        can['’`´]t
        with no
        nil
        nothing (?:to suggest|suggestive of|suggesting)
        rather than
        instead of
        unlikely(?: to (?:be|have))?
        freedom from
        inconsistent with
        incompatible with
        doubt(?:s|ed|ful)?(?: for| of)?
        argu(?:e|es|ed|ing) against
        (?:low|little|no|minimal) (?:suspicion|concern|likelihood|probability) (?:for|of)
        neg(?:\.|ative)? for
        -ve for
        clear of
        unable to (?:see|identify|palpate|appreciate|detect|demonstrate|visuali[sz]e)
        not suggestive of
        w/out
        no known
        no longer
        """
    ),
    ("negation", "before"): pattern(
        r"""
        (?:was|were|is|are|been|being) (?:also |both |all |clinically |repeatedly |persistently |each |either )*(?:negative|absent|excluded|denied|lacking|nonreactive|non-reactive|nil|ruled[- ]out|unlikely)
        (?:was|were|is|are|been|could|can|be) (?:also |clearly )*not (?:be )?(?:seen|noted|observed|found|present|identified|detected|appreciated|visualized|visualised|evident|demonstrated|palpable|palpated|detectable|reported|heard|elicited|apparent|documented|shown|recorded|noticed|confirmed|remarkable|suspected|obvious|visible|recognized|recognised|discovered|felt|likely|supported|made|obtained|experienced|described|affected|involved|elevated|increased|enlarged|raised)
        could not be (?:seen|noted|found|identified|detected|demonstrated|confirmed|elicited|palpated|visualized|visualised|shown)
        cannot be (?:seen|identified|detected|demonstrated)
        not (?:seen|noted|observed|found|present|identified|detected|appreciated|visualized|visualised|evident|demonstrated|palpable|reported|heard|elicited|apparent)
        (?:has|have|had) (?:now |completely |since )?been (?:ruled out|excluded)
        tested negative
        came back negative
        turned out (?:to be )?negative
        returned negative
        (?:showed|revealed|yielded|gave) (?:a )?negative(?: results?)?
        negative(?=\s*(?:[.,;)]|$|and\b|or\b|but\b))
        ~\s*(?::|\s-+)\s*(?:none|no|negative|absent|nil|denies|denied)(?=\s*(?:[.,;)]|$))
        ~\s*\(\s*(?:-|negative|absent)\s*\)
        did not (?:occur|develop|appear|recur|exist)
        (?:no longer|not) (?:occurs?|exists?|recurred|recurs?)
        never (?:occurred|developed|appeared|recurred|seen|noted|observed)
        """
    ),
    ("family", "after"): pattern(
        r"""
        famil(?:y|ial) (?:medical |clinical |past |psychiatric )*histor(?:y|ies)
        (?:his|her|their|the|whose|a|one|two|older|younger|elder|eldest|our patient's|patient's|maternal|paternal|identical|unaffected|affected) (?:\w+ )?(?:mother|father|brothers?|sisters?|siblings?|sons?|daughters?|cousins?|uncles?|aunts?|grandmother|grandfather|grandparents?|nephews?|nieces?|parents|relatives?|twin|husband|wife|family members?|half-brother|half-sister|donor|proband's \w+)
        (?:first|second|third)[- ]degree (?:relatives?|cousins?)
        (?:mother|father|brothers?|sisters?|siblings?|sons?|daughters?|cousins?|uncles?|aunts?|grandmother|grandfather|parents|relatives?) (?:was|were|is|are|had|has|have|with|who|died|suffered|suffering|carried|diagnosed|also|and)
        (?:mother|father|brothers?|sisters?|siblings?|family members?|relatives)
        (?:previous|other|another) (?:child|children|baby|pregnancy)
        maternal
        paternal
        """
    ),
    ("family", "before"): pattern(
        r"""
        in (?:his|her|the|their|a|one|two|both|some|other|several|maternal|paternal) (?:\w+ ){0,2}(?:mother|father|brothers?|sisters?|siblings?|sons?|daughters?|cousins?|uncles?|aunts?|grandmother|grandfather|grandparents?|parents|relatives?|family|family members?)
        in (?:a |the )?(?:first|second|third)[- ]degree (?:relatives?|cousins?)
        runs? in (?:his|her|the) family
        in (?:his|her|their|the) family
        (?:his|her|their) (?:mother|father|brothers?|sisters?|siblings?|sons?|daughters?|cousins?|uncles?|aunts?) (?:had|has|was|were|is|suffered)
        """
    ),
    ("hypothetical", "after"): pattern(
        r"""
        if
        in case of
        in the event of
        should (?:he|she|they|the patient) (?:develop|have|experience|notice)
        (?:to|will|please|must|should) (?:also )?(?:call|return|come back|notify|alert|contact|report)\b[^.;]{0,60}?(?:for|with|if|noted)
        (?:call|return|seek) (?:also |back |immediately )?(?:for|if|with) any
        (?:rule|rules|ruling) out
        r/o
        to (?:exclude|prevent|avoid|assess for|evaluate for|screen for|look for|check for|test for|treat possible)
        (?:prevention|prophylaxis|prophylactic|prevent|preventing|avoid|avoiding|avoidance) (?:of|for|against)?
        vaccin(?:ated|ation|ations|e) (?:against|for)
        (?:screening|screened|screen|tested|test|tests|testing|surveillance|watch|monitored|monitoring) for
        (?:increased |high |low |higher |elevated |potential )?risks? (?:of|for|factors? for)
        at (?:increased |high )?risk (?:of|for)
        differential diagnos[ie]s (?:of|was|were|is|are|included?|includes|including|considered)
        (?:differential|differentials) (?:included?|includes|including|considered)
        afraid of
        fear of
        worried about
        (?:misdiagnosed|mistaken|mistook|misinterpreted) (?:as having|as|with|for)
        predispos\w+ to
        susceptib\w+ to
        counsel+ed (?:about|on|regarding) (?:the )?risks?
        can (?:cause|lead to|result in|present with|mimic)
        (?:may|might) (?:cause|lead to|result in|present with|mimic|develop|progress to|evolve into)
        could (?:cause|lead to|result in)
        mimic(?:s|king|ked)?
        criteria for
        tumou?r markers?
        work-?up (?:for|including)
        survey(?:ed|ing)
        (?:concern(?:s|ed)?|worr(?:y|ies|ied)|fears?|afraid) (?:about|of|regarding|over|for) (?:[\w'’]+ ){0,3}(?:toxicit(?:y|ies)|side[- ]effects?|complications?|adverse \w+)
        (?:patients|people|persons|individuals|subjects|children|those|cases) (?:with|who|suffering from|affected by)
        """
    ),
    ("hypothetical", "before"): pattern(
        r"""
        (?:vaccin(?:e|es|ation|ations)|immuni[sz]ations?|prophylaxis|screening|precautions?|prevention|virus vaccine)
        to be (?:excluded|ruled out)
        risk
        (?:was|were|is|are|been|seemed|appeared) (?:initially |therefore |thus |then |considered |thought |felt |deemed |judged |believed |to be |very |highly |less )*(?:unlikely|less likely|improbable)
        (?:was|were|been) (?:initially |strongly |first |also )*(?:suspected|considered|questioned)(?: initially| at first)?,? (?:but|although|though)\b[^.;]{0,60}?\b(?:not|no|none|never|ruled out|excluded|negative|unlikely|discarded|rejected|unconfirmed)\b
        """
    ),
    ("uncertain", "after"): pattern(
        r"""
        (?:possibility|possibilities|likelihood|probability) of
        suspect(?:ed|ing|s)?(?: of| to have)?
        suspicio(?:n|ns|us)(?: of| for)?
        concern(?:s|ed|ing)? (?:for|about|of)
        question of
        (?:possible|possibly|probable|probably|likely|presumed|presumptive|questionable)
        (?:suggestive|suggesting|indicative|compatible|consistent|in keeping) (?:of|with)
        suggest(?:s|ed)?
        (?:may|might|could) (?:be|represent|reflect|indicate|have)
        """
    ),
    ("uncertain", "before"): pattern(
        r"""
        (?:was|were|is|are|been|being) (?:initially |strongly |first |highly |clinically |also )*(?:suspected|questioned|contemplated|possible|probable|likely)
        (?:was|were|is|are|been|being) (?:initially |strongly |first |also )*considered(?=\s*(?:[,.;:)]|$|but\b|and\b|at first\b|initially\b|possible\b|likely\b|probable\b|in the differential\b|as an? (?:possible|differential|alternative|probable)\b))
        (?:was|were|is|are|been|being) (?:initially |first |also )*(?:thought|felt|deemed|judged|believed|considered)(?: to be)? (?:most |very |highly |more )*(?:possible|probable|likely)
        (?:cannot|could not|can not) be (?:excluded|ruled out)
        """
    ),
    ("historical", "after"): pattern(
        r"""
        (?<!day.)(?<!days.)(?<!week.)(?<!weeks.)(?<!month.)(?<!months.)(?<!hour.)(?<!hours.)(?<!year.)(?<!years.)(?:past |previous |prior |remote |known |significant |relevant |long |longstanding |positive |strong |medical |personal |surgical |clinical |his |her )*history (?:of|was|is|included?|includes|including|significant|notable|remarkable|positive|with|revealed|for)
        (?:past|previous|prior) (?:medical |surgical |clinical )*history:?
        medical history:?
        known(?: case of| to have| for)?
        previous(?:ly)?
        previously (?:diagnosed|treated|hospitali[sz]ed|admitted) (?:with|for|as)
        prior(?! to)
        status[- ]post
        s/p
        post[- ]status
        old
        earlier
        in the past
        in childhood
        as a child
        (?:remote|past|former|formerly)
        pre[- ]?existing
        had been (?:diagnosed|treated|operated|hospitali[sz]ed)
        allergies:?
        """
    ),
    ("historical", "before"): pattern(
        r"""
        in the (?:distant |remote |recent )?past
        (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|several|some|many|few) (?:years?|months?) (?:ago|previously|earlier|before|prior)
        (?:since|during|in|from|throughout) (?:early |late )?(?:childhood|infancy|adolescence|youth)
        history(?! of\b)
        previously
        as a child
        """
    ),
}

# A denial reaches to the first of these; so does the rest.
STOPS = pattern(
    r"""
    but
    however
    although
    though
    except(?: for| that)?
    apart from
    aside from
    other than
    besides
    whereas
    while
    yet
    nevertheless
    which
    who
    whose
    until
    because(?: of)?
    since
    due to
    secondary to
    caused by
    attributed to
    attributable to
    as a (?:cause|result|consequence) of
    compatible with
    consistent with
    suggestive of
    suggesting
    indicating
    confirming
    resulting in
    leading to
    so
    then
    therefore
    thus
    and (?:an? |the )?(?:(?:marked|clinical|partial|slight|significant|mild) )?(?:improvement|persistence|resolution|increase|decrease|worsening|progression|recovery|reduction|stabili[sz]ation|normali[sz]ation|presence|development)
    (?:and|or) (?:allowed|required|underwent|received|complained|reported|presented|developed|showed|revealed|demonstrated|admitted|had|has|was|were|is|are|appeared|remained|became|noticed|noted|found|died|started)
    (?<!associated.)(?<!problems.)(?<!problem.)(?<!difficulty.)(?<!difficulties.)(?<!trouble.)(?<!issues.)with(?! no\b| any)
    on (?:examination|admission|presentation|physical|follow-up)
    positive for
    only
    (?<=,.)and (?:the|his|her|their|its|there)
    and (?:he|she|they|it|there)
    (?:before|after|prior to|following) (?:an?|the|this|that|his|her|their|each)
    (?<=,.)(?:an?|finding of|findings of|presence of|evidence of) \w+
    """
)

# A finite verb: what stands before it is another subject.
VERB = re.compile(
    r"\b(?:showed|shows|revealed|reveals|demonstrated|disclosed|confirmed|suggested|had|has|presented|developed|"
    r"underwent|received|complained|reported|experienced|indicated|exhibited|displayed|noted|detected|found|"
    r"(?:was|were|is|are)(?!\s+(?:not\s+)?(?:seen|noted|observed|found|present|identified|detected|reported|evident|"
    r"appreciated|palpable|visuali[sz]ed|elicited|heard|documented|no\b|demonstrated|apparent)))\b",
    re.IGNORECASE,
)
