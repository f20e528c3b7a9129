// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MatchProof} from "./MatchProof.sol";

/// Holds what two players bet on a match, and pays whom MatchProof names as its winner.
contract Wager {
    enum Status {
        Open,
        Accepted,
        Declined,
        Settled
    }

    struct Bet {
        address proposer;
        address opponent;
        uint256 amount;
        Status status;
    }

    event WagerProposed(
        uint256 indexed wagerId, address indexed proposer, address indexed opponent, string gameId, uint256 amount
    );
    event WagerAccepted(uint256 indexed wagerId, address indexed acceptor);
    event WagerCancelled(uint256 indexed wagerId);
    event WagerSettled(uint256 indexed wagerId, bytes32 indexed matchId, address indexed winner, uint256 payout);

    error Refused(string reason);

    MatchProof public immutable matchProof;
    Bet[] private bets;
    mapping(bytes32 matchId => bool) private paid;

    constructor(MatchProof proof) {
        matchProof = proof;
    }

    function proposeWager(address opponent, string calldata gameId) external payable returns (uint256 wagerId) {
        if (opponent == address(0) || opponent == msg.sender) revert Refused("no opponent");
        wagerId = bets.length;
        bets.push(Bet(msg.sender, opponent, msg.value, Status.Open));
        emit WagerProposed(wagerId, msg.sender, opponent, gameId, msg.value);
    }

    function acceptWager(uint256 wagerId) external payable {
        Bet storage bet = bets[wagerId];
        if (bet.status != Status.Open || msg.sender != bet.opponent) revert Refused("not yours to accept");
        if (msg.value != bet.amount) revert Refused("another amount");
        bet.status = Status.Accepted;
        emit WagerAccepted(wagerId, msg.sender);
    }

    /// The opponent declines, or the proposer withdraws.
    function declineWager(uint256 wagerId) external {
        Bet storage bet = bets[wagerId];
        if (bet.status != Status.Open) revert Refused("not open");
        if (msg.sender != bet.opponent && msg.sender != bet.proposer) revert Refused("not yours to decline");
        bet.status = Status.Declined;
        emit WagerCancelled(wagerId);
        pay(bet.proposer, bet.amount);
    }

    /// Anybody may settle a wager by a match that is recorded. A match settles one wager.
    function settleWager(uint256 wagerId, bytes32 matchId) external {
        Bet storage bet = bets[wagerId];
        address winner = matchProof.winnerOf(matchId);
        if (bet.status != Status.Accepted || paid[matchId]) revert Refused("not to be settled");
        if (winner != bet.proposer && winner != bet.opponent) revert Refused("a match of others");
        bet.status = Status.Settled;
        paid[matchId] = true;
        emit WagerSettled(wagerId, matchId, winner, 2 * bet.amount);
        pay(winner, 2 * bet.amount);
    }

    function statusOf(uint256 wagerId) external view returns (Status) {
        return bets[wagerId].status;
    }

    function pay(address to, uint256 amount) private {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert Refused("cannot be paid");
    }
}
